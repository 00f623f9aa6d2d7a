using System.Net.WebSockets;
using WorkerRpc.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Transports;

/// <summary>A server's end of a WebSocket, its receiver, and the peer as bytes.</summary>
internal sealed class ServerEnd : IAsyncDisposable
{
    private ServerEnd(RpcWebSocketTransport transport, WireStream wire, WireStream peer) =>
        (Transport, Wire, Peer) = (transport, wire, peer);

    public RpcWebSocketTransport Transport { get; }

    public WireStream Wire { get; }

    public WireStream Peer { get; }

    public ScriptedReceiver Receiver { get; } = new();

    /// <param name="options">Its settings.</param>
    /// <param name="byPipe">Whether it reads from the pipe under the stream, as on a server's connection.</param>
    public static ServerEnd Start(RpcWebSocketOptions? options = null, bool byPipe = false)
    {
        (WireStream wire, WireStream peer) = WireStream.CreatePair();
        var end = new ServerEnd(TransportOver(wire, isServer: true, options, byPipe), wire, peer);
        end.Transport.Start(end.Receiver);
        return end;
    }

    /// <summary>A transport over a connection whose handshake is done.</summary>
    public static RpcWebSocketTransport TransportOver(
        WireStream wire, bool isServer, RpcWebSocketOptions? options = null, bool byPipe = false)
    {
        RpcWebSocketOptions settings = options ?? new();
        var stream = new WatchedStream(wire, settings.CreateWatch(), byPipe ? wire.Input : null);
        WebSocket socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions
        {
            IsServer = isServer,
            KeepAliveInterval = settings.PingInterval,
            KeepAliveTimeout = RpcWebSocketOptions.PongTimeout,
        });
        return new RpcWebSocketTransport(socket, stream, settings);
    }

    /// <summary>Has the peer send frames.</summary>
    public async Task WriteAsync(params RawFrame[] frames) =>
        await Peer.WriteAsync(frames.SelectMany(frame => frame.ToBytes(masked: true)).ToArray(), TestContext.Current.CancellationToken);

    /// <summary>What this end has sent.</summary>
    public Task<RawFrame> ReadAsync() => RawFrame.ReadAsync(Peer);

    /// <summary>Ends it from the peer's side, so that nobody waits for its close.</summary>
    public ValueTask DisposeAsync()
    {
        Peer.Dispose();
        return Transport.DisposeAsync();
    }
}
