using System.Net;
using System.Net.Sockets;

namespace WorkerRpc.Bindings.Fetch;

/// <summary>The client of every binding that fetches through a socket.</summary>
internal static class SocketFetch
{
    public static SocketsHttpHandler CreateHandler() => new()
    {
        // What a fetch between two services has no use for; each is looked at on every request while it is on.
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        // A connection is renewed now and then so that a changed address is noticed; far longer than a pass.
        PooledConnectionLifetime = TimeSpan.FromMinutes(15),
    };

    /// <summary>Connects a socket, which the stream then owns.</summary>
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
