using System.Collections.Concurrent;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.CallerWorker;

/// <summary>
/// The caller worker's connections to the runtime. Each method has one connection. Its first call opens the
/// connection, and all calls share it.
/// </summary>
public sealed class RuntimeStubs(BindingCatalog catalog, IRuntimeHost host) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<IRuntimeStub>> _stubs = new(StringComparer.Ordinal);

    /// <summary>
    /// The method of a request that names no method. It is the first method of the catalog that delegates to the runtime and that
    /// the host supports: <c>service-binding</c> in a launch, which hosts both workers, and <c>raw-fetch</c> in a caller worker in
    /// its own process.
    /// </summary>
    public string DefaultMethod { get; } = catalog.All.First(binding => binding.Channel is { } channel && host.Offers(channel)).Id;

    /// <summary>The methods that this caller worker can call, in the order of the catalog.</summary>
    public IReadOnlyList<string> Methods { get; } =
        [.. catalog.OfferedBy(host).Where(binding => !binding.Tags.Contains(BindingTags.Reference)).Select(binding => binding.Id)];

    /// <summary>Returns the connection to the runtime for a method or a reference.</summary>
    /// <exception cref="UnusableInputException">The method is unknown, or the host does not offer its channel.</exception>
    public IRuntimeStub Get(string method)
    {
        IBinding binding = catalog.Find(method, host);
        return _stubs.GetOrAdd(binding.Id, _ => new Lazy<IRuntimeStub>(() => Connect(binding))).Value;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<IRuntimeStub> stub in _stubs.Values.Where(stub => stub.IsValueCreated))
        {
            await stub.Value.DisposeAsync();
        }
    }

    private IRuntimeStub Connect(IBinding binding) => binding.Connect(host)
        ?? throw new InvalidOperationException($"{binding.GetType().FullName}.Connect returned null: expected the caller's half.");
}
