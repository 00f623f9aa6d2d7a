using System.Net.Sockets;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Bindings.Fetch;

/// <summary>The channels that carry HTTP.</summary>
public static class HttpChannels
{
    /// <summary>In memory, through ASP.NET Core's TestServer.</summary>
    public static readonly Channel<HttpMessageHandler> InMemory = new("http-in-memory");

    /// <summary>In memory, on the caller's own thread.</summary>
    public static readonly Channel<HttpMessageHandler> Inline = new("http-inline");

    /// <summary>HTTP/1.1 over a loopback socket.</summary>
    public static readonly Channel<Uri> Loopback = new("http-loopback");

    /// <summary>HTTP/2 without TLS over a loopback socket.</summary>
    public static readonly Channel<Uri> LoopbackHttp2 = new("http2-loopback");

    /// <summary>HTTP/1.1 over a Unix domain socket.</summary>
    public static readonly Channel<UnixDomainSocketEndPoint> UnixSocket = new("http-unix-socket");
}
