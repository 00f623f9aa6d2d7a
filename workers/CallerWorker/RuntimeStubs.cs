using System.Collections.Concurrent;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.CallerWorker;

/// <summary>The caller worker's connections to the runtime, one a method, made when first asked for and shared by all calls.</summary>
public sealed class RuntimeStubs(BindingCatalog catalog, IRuntimeHost host) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<IRuntimeStub>> _stubs = new(StringComparer.Ordinal);

    /// <summary>
    /// The method where none is named: the first of the catalog that delegates and can reach the runtime from here
    /// (<c>service-binding</c> beside the runtime, as in the brief; <c>raw-fetch</c> for a caller that runs alone).
    /// </summary>
    public string DefaultMethod { get; } = catalog.All.First(binding => binding.Channel is { } channel && host.Offers(channel)).Id;

    /// <summary>The methods that can be called from here, in the catalog's order.</summary>
    public IReadOnlyList<string> Methods { get; } =
        [.. catalog.OfferedBy(host).Where(binding => !binding.Tags.Contains(BindingTags.Reference)).Select(binding => binding.Id)];

    /// <summary>The connection of a method, or of a reference.</summary>
    /// <exception cref="UnusableInputException">The method is unknown, or cannot reach the runtime from here.</exception>
    public IRuntimeStub Get(string method)
    {
        IBinding binding = catalog.Find(method, host);
        return _stubs.GetOrAdd(binding.Id, _ => new Lazy<IRuntimeStub>(() => binding.Connect(host))).Value;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<IRuntimeStub> stub in _stubs.Values.Where(stub => stub.IsValueCreated))
        {
            await stub.Value.DisposeAsync();
        }
    }
}
