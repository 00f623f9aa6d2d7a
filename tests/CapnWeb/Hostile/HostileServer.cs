using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkerRpc.CapnWeb.AspNetCore;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Hostile;

/// <summary>A Kestrel server with default settings, which the tests attack over raw sockets and by batches.</summary>
internal sealed class HostileServer : IAsyncDisposable
{
    private static readonly HttpClient s_http = new() { Timeout = TimeSpan.FromMinutes(1) };

    private static readonly string[] s_handshake =
    [
        "GET /rpc HTTP/1.1", "Host: localhost", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", "",
    ];

    private readonly WebApplication _app;
    private readonly TaskCompletionSource<RpcSession> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HostileServer()
    {
        _ = HostileTarget.Contract;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapCapnWeb("/rpc", _ => new HostileTarget(), new() { Connected = (_, session) => _connected.TrySetResult(session) });
    }

    /// <summary>The session of the first WebSocket.</summary>
    public Task<RpcSession> Session => _connected.Task;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Uri Address
    {
        get
        {
            IServerAddressesFeature addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
            return new(new Uri(addresses.Addresses.First()), "/rpc");
        }
    }

    public static async Task<HostileServer> StartAsync()
    {
        var server = new HostileServer();
        await server._app.StartAsync(Cancellation);
        return server;
    }

    /// <summary>Opens a WebSocket. The stream carries its frames.</summary>
    public async Task<NetworkStream> OpenAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Address.Port), Cancellation);
        var stream = new NetworkStream(socket, ownsSocket: true);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", s_handshake)), Cancellation);
        await DeskServer.ReadHeadAsync(stream);
        return stream;
    }

    public async Task<HttpResponseMessage> PostAsync(string body)
    {
        using var content = new StringContent(body);
        return await s_http.PostAsync(Address, content, Cancellation);
    }

    /// <summary>Asserts that the server answers a new client.</summary>
    public async Task AssertServesAsync()
    {
        HttpResponseMessage response = await PostAsync("[\"push\",[\"pipeline\",0,[\"square\"],[3]]]\n[\"pull\",1]");

        Assert.Equal("[\"resolve\",1,9]", await response.Content.ReadAsStringAsync(Cancellation));
    }

    /// <summary>The frames of a client's messages.</summary>
    public static byte[] FramesOf(IEnumerable<string> messages)
    {
        using var frames = new MemoryStream();
        foreach (string message in messages)
        {
            frames.Write(RawFrame.OfText(message).ToBytes(masked: true));
        }

        return frames.ToArray();
    }

    /// <summary>Reads the next message, or the code and the reason of a close frame.</summary>
    public static async Task<string> ReadAsync(Stream stream)
    {
        using var message = new MemoryStream();
        while (true)
        {
            RawFrame frame = await RawFrame.ReadAsync(stream);
            if (frame.Opcode == RawFrame.Close)
            {
                return $"closed: {frame.CloseReason.Code} {frame.CloseReason.Reason}";
            }

            if (frame.Opcode is RawFrame.TextMessage or RawFrame.Continuation)
            {
                message.Write(frame.Payload);
                if (frame.IsFinal)
                {
                    return Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length);
                }
            }
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
