using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>Calls over one Cap'n Web session on a WebSocket. All calls share this one connection.</summary>
public sealed class CapnWebSocketBinding : IBinding
{
    /// <inheritdoc/>
    public string Id => "capnweb-websocket";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BindingTags.CapnWeb];

    /// <inheritdoc/>
    public string Settings => "Cap'n Web session over a WebSocket of Kestrel's, HTTP/1.1 upgrade over loopback, "
        + "one socket write a flush, results continue on the thread that reads them; source-generated serializer and stubs";

    /// <inheritdoc/>
    public ReferenceRows References => new(ReferenceIds.Tcp, ReferenceIds.Json);

    /// <inheritdoc/>
    public Channel? Channel => HttpChannels.Loopback;

    /// <inheritdoc/>
    public IServerHalf Server => CapnWebRuntime.Half.Shared;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) => new CapnWebStub(CapnWebConnection.ByWebSocket(host.Open(HttpChannels.Loopback)));
}
