using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Wire;

namespace WorkerRpc.Bindings.Http;

/// <summary>
/// As <see cref="ServiceBinding"/>, handed over by <see cref="Inline.InlineServer"/>: the same pipeline, headers and bytes,
/// without the hop to the thread pool. What an in-process service binding can cost.
/// </summary>
public sealed class ServiceBindingInline : IBinding
{
    /// <inheritdoc/>
    public string Id => "service-binding-inline";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [];

    /// <inheritdoc/>
    public string Settings => "in-memory server handler under HttpMessageInvoker, the pipeline inline on the caller's thread, source-generated JSON with Content-Length";

    /// <inheritdoc/>
    public ReferenceRows References => new(ReferenceIds.MemoryCopy, ReferenceIds.Json);

    /// <inheritdoc/>
    public Channel? Channel => HttpChannels.Inline;

    /// <inheritdoc/>
    public IServerHalf Server => ExecuteEndpoint.Shared;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) => new FetchStub(host.Open(HttpChannels.Inline), JsonWire.Shared);
}
