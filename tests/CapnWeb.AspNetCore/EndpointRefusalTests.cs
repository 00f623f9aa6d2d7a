using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using WorkerRpc.CapnWeb.AspNetCore;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.Tests.CapnWeb.Sessions;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.AspNetCore;

/// <summary>Requests that a route rejects, and the status and detail of each response.</summary>
public class EndpointRefusalTests
{
    private static readonly string[] s_upgrade =
    [
        "GET /rpc HTTP/1.1", "Host: localhost", "Connection: keep-alive, Upgrade", "Upgrade: websocket",
        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Unsupported_HTTP_method_gives_405_and_names_POST(string method)
    {
        await using DeskServer server = await DeskServer.StartAsync();
        using var http = new HttpClient();

        HttpResponseMessage response = await http.SendAsync(new HttpRequestMessage(new HttpMethod(method), server.Address), Cancellation);

        Assert.Equal(["POST"], response.Content.Headers.Allow);
        await AssertProblemAsync(
            response, HttpStatusCode.MethodNotAllowed, $"{method} is not taken here: expected POST with a batch, or a WebSocket.");
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("http://localhost:8080", true)]
    [InlineData("HTTP://LOCALHOST:8080", true)]
    [InlineData("https://a.example", true)]
    [InlineData("http://b.example:81", true)]
    [InlineData("http://localhost", false)]
    [InlineData("https://localhost:8080", false)]
    [InlineData("http://localhost:8081", false)]
    [InlineData("http://localhost.evil.example:8080", false)]
    [InlineData("http://a.example", false)]
    [InlineData("https://a.example:444", false)]
    [InlineData("https://sub.a.example", false)]
    [InlineData("null", false)]
    [InlineData("file://", false)]
    [InlineData("nonsense", false)]
    public void Page_may_connect_only_from_same_or_listed_origin(string? origin, bool expected)
    {
        HttpRequest request = new DefaultHttpContext().Request;
        // The route's own origin, which is always allowed.
        (request.Scheme, request.Host) = ("http", new HostString("localhost", 8080));
        request.Headers.Origin = origin;

        Assert.Equal(expected, OriginCheck.IsAllowed(request, ["https://a.example", "http://b.example:81"], ["*"]));
        Assert.True(OriginCheck.IsAllowed(request, [RpcEndpointOptions.AnyOrigin], ["*"]));
    }

    [Fact]
    public void Origin_without_port_means_the_default_port()
    {
        HttpRequest request = new DefaultHttpContext().Request;
        (request.Scheme, request.Host) = ("https", new HostString("example.com", 443));
        request.Headers.Origin = "https://example.com";

        Assert.True(OriginCheck.IsAllowed(request, [], ["example.com"]));
    }

    [Theory]
    [InlineData("rebound.example", new[] { "*" }, false)]
    [InlineData("rebound.example", new string[0], false)]
    [InlineData("rebound.example", new[] { "other.example" }, false)]
    [InlineData("localhost.example", new[] { "*" }, false)]
    [InlineData("127.0.0.1.example", new[] { "*" }, false)]
    [InlineData("app.example", new[] { "other.example", "APP.example" }, true)]
    [InlineData("app.example", new[] { "*", "app.example" }, true)]
    [InlineData("one.app.example", new[] { "*.app.example" }, true)]
    [InlineData("localhost", new[] { "*" }, true)]
    [InlineData("127.0.0.1", new[] { "*" }, true)]
    [InlineData("[::1]", new[] { "*" }, true)]
    public void Page_of_the_own_origin_needs_a_listed_host(string host, string[] allowedHosts, bool expected)
    {
        HttpRequest request = new DefaultHttpContext().Request;
        (request.Scheme, request.Host) = ("http", new HostString($"{host}:5000"));
        request.Headers.Origin = $"http://{host}:5000";

        Assert.Equal(expected, OriginCheck.IsAllowed(request, [], allowedHosts));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Forbidden)]
    [InlineData("*", HttpStatusCode.Forbidden)]
    [InlineData("app.example", HttpStatusCode.OK)]
    public async Task AllowedHosts_of_the_application_decides(string? allowedHosts, HttpStatusCode expected)
    {
        await using DeskServer server = await DeskServer.StartAsync(allowedHosts: allowedHosts);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Address) { Content = new StringContent("") };
        request.Headers.Host = "app.example";
        request.Headers.Add("Origin", "http://app.example");

        Assert.Equal(expected, (await http.SendAsync(request, Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Foreign_origin_gets_403_for_batch_and_WebSocket()
    {
        await using DeskServer server = await DeskServer.StartAsync();
        using var http = new HttpClient();
        using var batch = new HttpRequestMessage(HttpMethod.Post, server.Address) { Content = new StringContent("") };
        batch.Headers.Add("Origin", "https://evil.example");
        await using NetworkStream socket = await server.SendRawAsync([.. s_upgrade, "Origin: https://evil.example"]);

        await AssertProblemAsync(
            await http.SendAsync(batch, Cancellation),
            HttpStatusCode.Forbidden,
            "Pages of the origin 'https://evil.example' may not connect here: "
            + "expected an entry of AllowedOrigins, or the route's own origin with its host in AllowedHosts.");
        Assert.StartsWith("HTTP/1.1 403 ", await DeskServer.ReadHeadAsync(socket), StringComparison.Ordinal);
        Assert.Equal(0, server.Watch.Disposed);
    }

    [Theory]
    [InlineData("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8")]
    [InlineData("Sec-WebSocket-Version: 13", "X: y")]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: c2hvcnQ=")]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: no base64 at all here!")]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "X: y")]
    public async Task Invalid_handshake_gives_400(string header, string instead)
    {
        await using DeskServer server = await DeskServer.StartAsync();

        await using NetworkStream socket = await server.SendRawAsync([.. s_upgrade.Select(line => line == header ? instead : line)]);

        Assert.StartsWith("HTTP/1.1 400 ", await DeskServer.ReadHeadAsync(socket), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_one_byte_over_the_limit_gives_413(bool isAnnounced)
    {
        await using DeskServer server = await DeskServer.StartAsync(new() { MaxBodyBytes = 1_000 });
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Address) { Content = new ByteArrayContent(new byte[1_001]) };
        request.Headers.TransferEncodingChunked = !isAnnounced;

        HttpResponseMessage response = await http.SendAsync(request, Cancellation);

        await AssertProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "The body is too long: expected at most 1000 bytes.");
    }

    [Theory]
    [InlineData("ZZ\r\n")] // No length of a chunk.
    [InlineData("1\r\nabc")] // A chunk longer than its length.
    [InlineData("FFFFFFFFFFFFFFFFFF\r\n")]
    public async Task Malformed_chunk_gives_400_and_logs_no_error(string body)
    {
        using var log = new LogLines();
        await using DeskServer server = await DeskServer.StartAsync(log: log);
        await using NetworkStream socket = await server.SendRawAsync(
            "POST /rpc HTTP/1.1", "Host: localhost", "Transfer-Encoding: chunked");

        await socket.WriteAsync(Encoding.ASCII.GetBytes(body), Cancellation);

        Assert.StartsWith("HTTP/1.1 400 ", await DeskServer.ReadHeadAsync(socket), StringComparison.Ordinal);
        await server.StopAsync();
        Assert.NotEmpty(log.All);
        Assert.DoesNotContain(log.All, line => line.StartsWith("Error", StringComparison.Ordinal));
        Assert.DoesNotContain(log.All, line => line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "'200' when status code '101' was expected")]
    [InlineData(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: wrong\r\n\r\n",
        "'Sec-WebSocket-Accept' header value 'wrong' is invalid")]
    public async Task Connecting_fails_when_the_server_opens_no_WebSocket(string answer, string expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/rpc");
        Task<RpcWebSocketTransport> connecting = RpcWebSocketTransport.ConnectAsync(address, cancellationToken: Cancellation);
        using TcpClient client = await listener.AcceptTcpClientAsync(Cancellation);
        await DeskServer.ReadHeadAsync(client.GetStream());

        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), Cancellation);

        WebSocketException error = await Assert.ThrowsAsync<WebSocketException>(() => connecting);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string detail)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal((int)status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Equal(detail, problem.RootElement.GetProperty("detail").GetString());
    }
}
