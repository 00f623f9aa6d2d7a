using System.Net.Sockets;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>The channels over which HTTP requests are sent.</summary>
public static class HttpChannels
{
    /// <summary>The channel that passes HTTP requests in memory, through ASP.NET Core's TestServer.</summary>
    public static readonly Channel<HttpMessageHandler> InMemory = new("http-in-memory");

    /// <summary>The channel that passes HTTP requests in memory and runs the runtime on the caller's own thread.</summary>
    public static readonly Channel<HttpMessageHandler> Inline = new("http-inline");

    /// <summary>The channel for HTTP/1.1 over a loopback socket.</summary>
    public static readonly Channel<Uri> Loopback = new("http-loopback") { Reach = MethodReach.Network };

    /// <summary>The channel for HTTP/2 without TLS over a loopback socket.</summary>
    public static readonly Channel<Uri> LoopbackHttp2 = new("http2-loopback") { Reach = MethodReach.Network };

    /// <summary>The channel for HTTP/1.1 over a Unix domain socket.</summary>
    public static readonly Channel<UnixDomainSocketEndPoint> UnixSocket =
        new("http-unix-socket") { Reach = MethodReach.Machine };
}
