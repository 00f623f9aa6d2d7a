using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>Sends each call as a Cap'n Web batch: one HTTP request per call, without a permanent session.</summary>
public sealed class CapnWebBatchBinding : IBinding
{
    /// <inheritdoc/>
    public string Id => "capnweb-batch";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BindingTags.CapnWeb];

    /// <inheritdoc/>
    public string Settings => "Cap'n Web batch of one call a request: Kestrel, HTTP/1.1 over loopback, pooled keep-alive connection; "
        + "source-generated serializer and stubs";

    /// <inheritdoc/>
    public ReferenceRows References => new(ReferenceIds.Tcp, ReferenceIds.Json);

    /// <inheritdoc/>
    public Channel? Channel => HttpChannels.Loopback;

    /// <inheritdoc/>
    public IServerHalf Server => CapnWebRuntime.Half.Shared;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) => new CapnWebBatchStub(new CapnWebBatches(host.Open(HttpChannels.Loopback)));
}
