using WorkerRpc.Bindings.Floors;
using WorkerRpc.Bindings.Http;
using WorkerRpc.CapnWeb.Transports;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>A Cap'n Web session over a WebSocket: one connection that all calls share.</summary>
public sealed class CapnWebSocketBinding : IBinding
{
    /// <inheritdoc/>
    public string Id => "capnweb-websocket";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BindingTags.CapnWeb];

    /// <inheritdoc/>
    public string Settings => "Cap'n Web session over a WebSocket of Kestrel's, HTTP/1.1 upgrade over loopback, one socket write a flush; source-generated JSON and stubs";

    /// <inheritdoc/>
    public BindingFloor Floor => new(TcpFloor.ReferenceId, JsonFloor.ReferenceId);

    /// <inheritdoc/>
    public RuntimeChannel? Channel => RuntimeChannel.LoopbackHttp;

    /// <inheritdoc/>
    public IServerHalf Server => CapnWebRuntime.Half.Shared;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host)
    {
        var address = new Uri(host.AddressOf(RuntimeChannel.LoopbackHttp), CapnWebRuntime.Path);
        // A connection belongs to its WebSocket from the handshake on, so that nothing is pooled.
        var http = new HttpMessageInvoker(SocketFetch.CreateHandler());
        return new CapnWebStub(async cancellation => await RpcWebSocketTransport.ConnectAsync(address, http: http, cancellationToken: cancellation));
    }
}
