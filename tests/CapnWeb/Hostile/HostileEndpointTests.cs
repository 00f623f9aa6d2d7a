using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkerRpc.CapnWeb.AspNetCore;

namespace WorkerRpc.Tests.CapnWeb.Hostile;

/// <summary>Hostile inputs against a Kestrel server with default settings: over a raw WebSocket, and as one batch.</summary>
public sealed class HostileEndpointTests
{
    private static readonly HttpClient s_http = new() { Timeout = TimeSpan.FromMinutes(1) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Sockets => [.. HostileInputs.All.Select(input => input.Name)];

    public static TheoryData<string> Batches =>
        [.. HostileInputs.All.Where(input => !input.NeedsCallbacks).Select(input => input.Name)];

    [Theory, MemberData(nameof(Sockets))]
    public async Task Hostile_WebSocket_ends_as_documented_and_the_server_lives(string name)
    {
        HostileInput input = HostileInputs.All.Single(each => each.Name == name);
        await using WebApplication server = await StartAsync();
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(AddressOf(server)) { Scheme = "ws" }.Uri, Cancellation);

        Task sending = SendAsync(socket, input.Messages);
        string answer = await ReadAsync(socket, text => text.StartsWith(input.Expected, StringComparison.Ordinal));
        socket.Abort();
        await sending;

        Assert.StartsWith(input.Expected, answer, StringComparison.Ordinal);
        await AssertServesAsync(server);
    }

    [Theory, MemberData(nameof(Batches))]
    public async Task Hostile_batch_ends_as_documented_and_the_server_lives(string name)
    {
        HostileInput input = HostileInputs.All.Single(each => each.Name == name);
        string body = string.Join('\n', input.Messages);
        await using WebApplication server = await StartAsync();

        using var content = new StringContent(body);
        HttpResponseMessage response = await s_http.PostAsync(AddressOf(server), content, Cancellation);
        string answer = await response.Content.ReadAsStringAsync(Cancellation);

        if (Encoding.UTF8.GetByteCount(body) > new RpcEndpointOptions().MaxBodyBytes)
        {
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        }
        else if (input.EndsSession)
        {
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }
        else
        {
            Assert.Contains(input.Expected, answer, StringComparison.Ordinal);
        }

        await AssertServesAsync(server);
    }

    private static async Task<WebApplication> StartAsync()
    {
        _ = HostileTarget.Contract;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.MapCapnWeb<HostileTarget>("/rpc", _ => new HostileTarget());
        await app.StartAsync(Cancellation);
        return app;
    }

    private static Uri AddressOf(WebApplication server) =>
        new(new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), "/rpc");

    private static async Task AssertServesAsync(WebApplication server)
    {
        using var content = new StringContent("[\"push\",[\"pipeline\",0,[\"square\"],[3]]]\n[\"pull\",1]");
        HttpResponseMessage response = await s_http.PostAsync(AddressOf(server), content, Cancellation);

        Assert.Equal("[\"resolve\",1,9]", await response.Content.ReadAsStringAsync(Cancellation));
    }

    // The server may end the session before it has read everything.
    private static async Task SendAsync(ClientWebSocket socket, IReadOnlyList<string> messages)
    {
        try
        {
            foreach (string message in messages)
            {
                await socket.SendAsync(
                    Encoding.UTF8.GetBytes(message).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, Cancellation);
            }
        }
        catch (Exception error) when (error is WebSocketException or ObjectDisposedException or InvalidOperationException
            or IOException or OperationCanceledException)
        {
            // The answer tells how the session ended.
        }
    }

    private static async Task<string> ReadAsync(ClientWebSocket socket, Predicate<string> isWanted)
    {
        byte[] buffer = new byte[1 << 20];
        var message = new MemoryStream();
        while (true)
        {
            ValueWebSocketReceiveResult part = await socket.ReceiveAsync(buffer.AsMemory(), Cancellation);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return $"closed: {socket.CloseStatusDescription}";
            }

            message.Write(buffer, 0, part.Count);
            if (!part.EndOfMessage)
            {
                continue;
            }

            string text = Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length);
            message.SetLength(0);
            if (isWanted(text))
            {
                return text;
            }
        }
    }
}
