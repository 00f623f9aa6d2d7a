using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Wire;

namespace WorkerRpc.Bindings.Http;

/// <summary>
/// Like <see cref="ServiceBinding"/>, but served by <see cref="Inline.InlineServer"/>. The pipeline, the headers and the bytes
/// are the same, but no call switches to the thread pool. Shows the lowest possible latency of an in-process service binding.
/// </summary>
public sealed class ServiceBindingInline : IBinding
{
    /// <inheritdoc/>
    public string Id => "service-binding-inline";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [];

    /// <inheritdoc/>
    public string Settings =>
        "in-memory server handler under HttpMessageInvoker, the pipeline inline on the caller's thread, "
        + "source-generated JSON with Content-Length";

    /// <inheritdoc/>
    public ReferenceRows References => new(ReferenceIds.MemoryCopy, ReferenceIds.Json);

    /// <inheritdoc/>
    public Channel? Channel => HttpChannels.Inline;

    /// <inheritdoc/>
    public IServerHalf Server => ExecuteEndpoint.Shared;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) => new FetchStub(host.Open(HttpChannels.Inline), JsonWire.Shared);
}
