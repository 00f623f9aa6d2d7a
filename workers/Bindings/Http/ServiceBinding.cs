using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Http;

/// <summary>
/// Passes an HTTP request in memory to the runtime worker's own pipeline, like <c>env.RUNTIME.fetch()</c> on Cloudflare. It
/// models Cloudflare's service binding as an in-memory transfer plus a switch to the thread pool, without an isolate.
/// </summary>
public sealed class ServiceBinding : IBinding
{
    /// <inheritdoc/>
    public string Id => "service-binding";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BindingTags.Core, BindingTags.Verdict];

    /// <inheritdoc/>
    public string Settings => "TestServer handler under HttpMessageInvoker, source-generated JSON with Content-Length";

    /// <inheritdoc/>
    public ExpectedLatency Expected => new(new(null, 0.5), new(null, 2));

    /// <inheritdoc/>
    public ReferenceRows References => new(ReferenceIds.MemoryCopy, ReferenceIds.Json);

    /// <inheritdoc/>
    public Channel? Channel => HttpChannels.InMemory;

    /// <inheritdoc/>
    public IServerHalf Server => ExecuteEndpoint.Shared;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) => new FetchStub(host.Open(HttpChannels.InMemory), JsonWire.Shared);
}
