using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkerRpc.CapnWeb.AspNetCore;

namespace WorkerRpc.Tests.CapnWeb.Transports;

/// <summary>A Kestrel server with one Cap'n Web route. Each connection gets its own <see cref="Desk"/>.</summary>
internal sealed class DeskServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DeskServer(WebApplication app) => _app = app;

    public DeskWatch Watch => _app.Services.GetRequiredService<DeskWatch>();

    public Uri Address
    {
        get
        {
            IServer server = _app.Services.GetRequiredService<IServer>();
            return new(new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First()), "/rpc");
        }
    }

    public static async Task<DeskServer> StartAsync(
        RpcEndpointOptions? options = null,
        HttpProtocols protocols = HttpProtocols.Http1,
        X509Certificate2? certificate = null,
        bool hasWebSockets = false,
        string? environment = null,
        string? allowedHosts = null,
        ILoggerFactory? log = null)
    {
        Desk.Register();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Logging.ClearProviders();
        if (log is not null)
        {
            builder.Services.AddSingleton(log);
        }

        builder.Configuration["AllowedHosts"] = allowedHosts;
        builder.WebHost.UseKestrelHttpsConfiguration().UseUrls(certificate is null ? "http://127.0.0.1:0" : "https://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocols);
            kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = certificate);
        });
        builder.Services.AddSingleton<DeskWatch>();
        builder.Services.AddScoped<IDesk, Desk>();
        WebApplication app = builder.Build();
        if (hasWebSockets)
        {
            app.UseWebSockets();
        }

        app.MapCapnWeb<IDesk>("/rpc", options);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new DeskServer(app);
    }

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    /// <summary>Sends request lines over a new raw socket and returns the socket's stream, to read the response from.</summary>
    public Task<NetworkStream> SendRawAsync(params string[] lines) => SendRawAsync(lines, []);

    /// <summary>Sends request lines, and in the same write the bytes that follow the request.</summary>
    public async Task<NetworkStream> SendRawAsync(string[] lines, byte[] after)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Address.Port), TestContext.Current.CancellationToken);
        var stream = new NetworkStream(socket, ownsSocket: true);
        string request = string.Concat(lines.Select(line => line + "\r\n")) + "\r\n";
        await stream.WriteAsync((byte[])[.. System.Text.Encoding.ASCII.GetBytes(request), .. after], TestContext.Current.CancellationToken);
        return stream;
    }

    /// <summary>Reads the head of a response, up to the empty line.</summary>
    public static async Task<string> ReadHeadAsync(Stream stream)
    {
        var head = new List<byte>();
        byte[] one = new byte[1];
        while (head is not [.., (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n'])
        {
            await stream.ReadExactlyAsync(one, TestContext.Current.CancellationToken);
            head.Add(one[0]);
        }

        return System.Text.Encoding.ASCII.GetString([.. head]);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
