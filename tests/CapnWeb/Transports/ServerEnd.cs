using System.Net.WebSockets;
using WorkerRpc.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Transports;

/// <summary>The server's end of a WebSocket in memory. The test reads and writes the client's frames.</summary>
internal sealed class ServerEnd : IAsyncDisposable
{
    private ServerEnd(RpcWebSocketTransport transport, WireStream wire, WireStream peer, Action<string>? onMessage) =>
        (Transport, Wire, Peer, Receiver) = (transport, wire, peer, new ScriptedReceiver(onMessage));

    public RpcWebSocketTransport Transport { get; }

    public WireStream Wire { get; }

    public WireStream Peer { get; }

    public ScriptedReceiver Receiver { get; }

    /// <summary>Starts the transport. With <paramref name="byPipe"/> it reads the pipe under the stream, as on Kestrel.</summary>
    public static ServerEnd Start(
        RpcWebSocketOptions? options = null, bool byPipe = false, Action<string>? onMessage = null, long pauseWriterThreshold = 0)
    {
        (WireStream wire, WireStream peer) = WireStream.CreatePair(pauseWriterThreshold: pauseWriterThreshold);
        var end = new ServerEnd(TransportOver(wire, isServer: true, options, byPipe), wire, peer, onMessage);
        end.Transport.Start(end.Receiver);
        return end;
    }

    /// <summary>Creates a transport over a connection whose handshake is complete.</summary>
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

    /// <summary>Sends frames as the client.</summary>
    public async Task WriteAsync(params RawFrame[] frames) =>
        await Peer.WriteAsync(frames.SelectMany(frame => frame.ToBytes(masked: true)).ToArray(), TestContext.Current.CancellationToken);

    /// <summary>Reads the next frame that the server has sent.</summary>
    public Task<RawFrame> ReadAsync() => RawFrame.ReadAsync(Peer);

    /// <summary>Disconnects the client first, so that the transport does not wait for a close frame.</summary>
    public ValueTask DisposeAsync()
    {
        Peer.Dispose();
        return Transport.DisposeAsync();
    }
}
