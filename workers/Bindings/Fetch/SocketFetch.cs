using System.Net;
using System.Net.Sockets;

namespace WorkerRpc.Bindings.Fetch;

/// <summary>Creates the HTTP handler and the connections of the bindings that use sockets.</summary>
internal static class SocketFetch
{
    public static SocketsHttpHandler CreateHandler() => new()
    {
        // These features are off, because a call between two workers does not need them. Each takes time on every request while it is
        // on.
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        // Connections are replaced after 15 minutes, so that a change of the runtime's address takes effect. A pass is far shorter, so
        // no connection is replaced during a pass.
        PooledConnectionLifetime = TimeSpan.FromMinutes(15),
    };

    /// <summary>Connects a socket and returns a stream that owns it. Disposes the socket on failure.</summary>
    public static async ValueTask<Stream> ConnectAsync(Socket socket, EndPoint end, CancellationToken cancellation)
    {
        try
        {
            await socket.ConnectAsync(end, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
