using System.Net;
using System.Net.Sockets;

namespace WorkerRpc.Bindings.Fetch;

/// <summary>Creates the HTTP handler and connections for the bindings that use sockets.</summary>
internal static class SocketFetch
{
    public static SocketsHttpHandler CreateHandler() => new()
    {
        // Features that a call between two workers does not need. Each one costs time on every request while enabled.
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        // Connections are replaced every 15 minutes to notice a changed address. That is far longer than a pass.
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
