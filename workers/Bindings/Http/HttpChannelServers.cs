using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Http.Inline;

namespace WorkerRpc.Bindings.Http;

/// <summary>
/// The runtime's ends of the HTTP channels. The channel of TestServer is missing, because the launch's host opens it itself.
/// </summary>
internal static class HttpChannelServers
{
    public static readonly IReadOnlyList<ChannelServer> All =
    [
        new ChannelServer<HttpMessageHandler>(
            HttpChannels.Inline,
            runtime => ((InlineServer)runtime.GetRequiredService<IServer>()).CreateHandler(),
            RuntimeServer.On<InlineServer>()),
        new ChannelServer<Uri>(HttpChannels.Loopback, KestrelAddress.Of, RuntimeServer.OnKestrel()),
        new ChannelServer<Uri>(
            HttpChannels.LoopbackHttp2,
            KestrelAddress.Of,
            RuntimeServer.OnKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2))),
        new ChannelServer<UnixDomainSocketEndPoint>(
            HttpChannels.UnixSocket,
            runtime => new UnixDomainSocketEndPoint(BindingAddress.Parse(KestrelAddress.First(runtime)).UnixPipePath),
            RuntimeServer.OnKestrel(kestrel => kestrel.ListenUnixSocket(NewSocketPath()))),
    ];

    // Each runtime worker has its own socket path, because several launches can run at the same time.
    private static string NewSocketPath() => Path.Combine(Path.GetTempPath(), $"worker-rpc-{Guid.NewGuid():N}.sock");
}
