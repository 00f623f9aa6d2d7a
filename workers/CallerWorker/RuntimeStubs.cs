using System.Collections.Concurrent;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.CallerWorker;

/// <summary>The caller worker's connections to the runtime: one for each method, created on first use, shared by all calls.</summary>
public sealed class RuntimeStubs(BindingCatalog catalog, IRuntimeHost host) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<IRuntimeStub>> _stubs = new(StringComparer.Ordinal);

    /// <summary>
    /// The method of a request that names none: the first one of the catalog that delegates and is reachable from here. That is
    /// <c>service-binding</c> in a launch, which hosts both workers, and <c>raw-fetch</c> in a caller worker that runs alone.
    /// </summary>
    public string DefaultMethod { get; } = catalog.All.First(binding => binding.Channel is { } channel && host.Offers(channel)).Id;

    /// <summary>The methods that can be called from here, in the order of the catalog.</summary>
    public IReadOnlyList<string> Methods { get; } =
        [.. catalog.OfferedBy(host).Where(binding => !binding.Tags.Contains(BindingTags.Reference)).Select(binding => binding.Id)];

    /// <summary>Returns the connection of a method or reference.</summary>
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
