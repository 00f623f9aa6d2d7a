using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;
using WorkerRpc.CapnWeb.AspNetCore;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.AspNetCore;

/// <summary>Sessions through a Kestrel route, opened by this library's clients and by raw sockets.</summary>
public class EndpointTests
{
    private const string Square = """["push",["pipeline",0,["square"],[6]]]""";
    private const string Pull = """["pull",1]""";
    private const string Resolved = """["resolve",1,36]""";

    private static readonly string[] s_upgrade =
    [
        "GET /rpc HTTP/1.1", "Host: localhost", "Connection: Upgrade", "Upgrade: websocket",
        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];

    private static readonly HttpClient s_http = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Square + "\n" + Pull, Resolved)]
    [InlineData(Square + "\r\n" + Pull, Resolved)]
    [InlineData("", "")]
    [InlineData(Square, "")]
    public async Task Batch_is_answered_in_one_response(string body, string expected)
    {
        await using DeskServer server = await DeskServer.StartAsync();

        HttpResponseMessage response = await PostAsync(server, body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain;charset=UTF-8", response.Content.Headers.NonValidated["Content-Type"].ToString());
        Assert.Equal(expected, await response.Content.ReadAsStringAsync(Cancellation));
        // The request's desk is disposed after the response is sent.
        await server.StopAsync();
        Assert.Equal(1, server.Watch.Disposed);
    }

    [Theory]
    [InlineData("""["what"]""")]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""["pull",77]""")]
    public async Task Bad_line_gives_400_with_the_answers_before_it(string bad)
    {
        await using DeskServer server = await DeskServer.StartAsync();

        HttpResponseMessage response = await PostAsync(server, $"{Square}\n{Pull}\n{bad}\n{Square}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(3, problem.RootElement.GetProperty("line").GetInt32());
        Assert.StartsWith("Line 3: ", problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains(Resolved, problem.RootElement.GetProperty("messages").EnumerateArray().Select(message => message.GetRawText()));
    }

    [Theory]
    [InlineData("FF")] // No byte of UTF-8.
    [InlineData("C080")] // A zero in two bytes.
    [InlineData("EDA080")] // A surrogate.
    [InlineData("F4908080")] // Beyond the last code point.
    [InlineData("C3")] // Cut off.
    public async Task Line_that_is_not_UTF8_gives_400_with_the_answers_before_it(string bytes)
    {
        await using DeskServer server = await DeskServer.StartAsync();
        byte[] body =
        [
            .. Encoding.UTF8.GetBytes($"{Square}\n{Pull}\n[\"push\",[\"pipeline\",0,[\"wait\"],[\""),
            .. Convert.FromHexString(bytes),
            .. Encoding.UTF8.GetBytes($"\"]]]\n[\"pull\",2]"),
        ];

        HttpResponseMessage response = await s_http.PostAsync(server.Address, new ByteArrayContent(body), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("Line 3: Invalid text: expected UTF-8.", problem.RootElement.GetProperty("detail").GetString());
        Assert.Contains(Resolved, problem.RootElement.GetProperty("messages").EnumerateArray().Select(message => message.GetRawText()));
        Assert.False(server.Watch.Arrived.Task.IsCompleted);
    }

    [Theory]
    [InlineData("Production", false)]
    [InlineData("Development", true)]
    public async Task Message_of_an_unexpected_exception_leaves_only_in_Development(string environment, bool isSent)
    {
        await using DeskServer server = await DeskServer.StartAsync(environment: environment);

        HttpResponseMessage response = await PostAsync(server, """["push",["pipeline",0,["fail"],[]]]""" + "\n" + Pull);

        string answer = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal(
            isSent,
            answer == """["reject",1,["error","Error","the desk's own words",null,{"code":"InvalidOperationException"}]]""");
        Assert.NotEqual(isSent, answer.StartsWith("""["reject",1,["error","Error","Internal error.""", StringComparison.Ordinal));
        Assert.Equal(isSent, answer.Contains("own words", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Callback_in_a_batch_is_rejected_without_blocking_other_calls()
    {
        await using DeskServer server = await DeskServer.StartAsync();

        HttpResponseMessage response = await PostAsync(server, $$"""
            ["push",["pipeline",0,["askBack"],[["export",-1]]]]
            ["pull",1]
            ["push",["pipeline",0,["square"],[6]]]
            ["pull",2]
            """.Replace("\r", "", StringComparison.Ordinal));

        string[] answers = (await response.Content.ReadAsStringAsync(Cancellation)).Split('\n');
        Assert.Contains("""["resolve",2,36]""", answers);
        Assert.Contains(answers, answer => answer.StartsWith("""["reject",1,["error",""", StringComparison.Ordinal));
        Assert.DoesNotContain(answers, answer => answer.StartsWith("""["push",""", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Disconnected_client_cancels_the_calls_of_its_batch()
    {
        await using DeskServer server = await DeskServer.StartAsync();
        using var disconnect = new CancellationTokenSource();
        using var content = new StringContent("""["push",["pipeline",0,["wait"],[1]]]""" + "\n" + Pull);
        Task<HttpResponseMessage> posting = s_http.PostAsync(server.Address, content, disconnect.Token);
        await server.Watch.Arrived.Task.WaitAsync(Cancellation);

        await disconnect.CancelAsync();

        await server.Watch.Cancelled.Task.WaitAsync(Cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => posting);
    }

    [Fact]
    public async Task Batched_calls_share_one_request_and_later_calls_fail()
    {
        await using DeskServer server = await DeskServer.StartAsync(new() { Session = new() { EnableDetailedErrors = true } });
        var transport = new RpcBatchTransport(s_http, server.Address);
        await using var session = new RpcSession(transport);
        Task<int> six = SquareAsync(session, 6).AsTask();
        Task<int> seven = SquareAsync(session, 7).AsTask();
        Task failing = session.Main.InvokeAsync<int, RpcArguments>("fail", RpcArguments.Of(), Cancellation).AsTask();

        await transport.PostAsync(Cancellation);

        Assert.Equal((36, 49), (await six, await seven));
        Assert.Equal("the desk's own words", (await Assert.ThrowsAsync<RpcException>(() => failing)).Message);
        RpcException late = await Assert.ThrowsAnyAsync<RpcException>(() => SquareAsync(session, 8).AsTask());
        Assert.Equal("Batch RPC request ended.", late.Message);
        await server.StopAsync();
        Assert.Equal(1, server.Watch.Disposed);
    }

    [Fact]
    public async Task Refused_batch_fails_every_call_with_the_servers_message()
    {
        await using DeskServer server = await DeskServer.StartAsync(new() { MaxBodyBytes = 64 });
        var transport = new RpcBatchTransport(s_http, server.Address);
        await using var session = new RpcSession(transport);
        var arguments = RpcArguments.Of(new string('x', 100));
        Task<int> call = session.Main.InvokeAsync<int, RpcArguments<string>>("square", arguments, Cancellation).AsTask();

        RpcBrokenException posted = await Assert.ThrowsAsync<RpcBrokenException>(() => transport.PostAsync(Cancellation));

        Assert.Equal("413", posted.Code);
        RpcException failed = await Assert.ThrowsAnyAsync<RpcException>(() => call);
        Assert.Contains("expected at most 64 bytes", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WebSocket_calls_share_one_target_until_the_connection_closes()
    {
        DeskServer server = await DeskServer.StartAsync();
        await using (server)
        {
            await using (RpcSession session = await ConnectAsync(server))
            {
                Assert.Equal(36, await SquareAsync(session, 6));
                await AssertSquaresAsync(session, 100);
                Assert.Equal(0, server.Watch.Disposed);
            }

            await server.StopAsync();
            Assert.Equal(1, server.Watch.Disposed);
        }
    }

    [Fact]
    public async Task Kestrels_minimum_data_rate_does_not_apply_to_a_WebSocket()
    {
        var rate = new TaskCompletionSource<MinDataRate?>();
        await using DeskServer server = await DeskServer.StartAsync(new()
        {
            Connected = (context, _) => rate.SetResult(context.Features.Get<IHttpMinResponseDataRateFeature>()!.MinDataRate),
        });

        await using RpcSession session = await ConnectAsync(server);

        Assert.Null(await rate.Task.WaitAsync(Cancellation));
    }

    [Fact]
    public async Task Raw_socket_opens_a_session_and_its_reset_cancels_calls()
    {
        await using DeskServer server = await DeskServer.StartAsync();
        NetworkStream socket = await RequestAsync(server);
        await using (socket)
        {
            string head = await DeskServer.ReadHeadAsync(socket);
            Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
            Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", head, StringComparison.OrdinalIgnoreCase);

            await WriteAsync(socket, Square, Pull);
            Assert.Equal(Resolved, (await RawFrame.ReadAsync(socket)).Text);
            await WriteAsync(socket, """["push",["pipeline",0,["wait"],[1]]]""", """["pull",2]""");
            await server.Watch.Arrived.Task.WaitAsync(Cancellation);
            socket.Socket.LingerState = new LingerOption(true, 0);
        }

        await server.Watch.Cancelled.Task.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task First_message_is_read_after_the_application_has_the_session()
    {
        long received = -1;
        await using DeskServer server = await DeskServer.StartAsync(new()
        {
            Connected = (_, session) => received = session.Statistics.MessagesReceived,
        });
        // The messages arrive with the request, so that they can be read at once.
        byte[] frames = [.. new[] { Square, Pull }.SelectMany(message => RawFrame.OfText(message).ToBytes(masked: true))];
        await using NetworkStream socket = await server.SendRawAsync(s_upgrade, frames);
        await DeskServer.ReadHeadAsync(socket);

        Assert.Equal(Resolved, (await RawFrame.ReadAsync(socket)).Text);
        Assert.Equal(0, received);
    }

    [Theory]
    [InlineData("""["what"]""", false)]
    [InlineData("x", true)]
    public async Task Protocol_error_is_answered_by_an_abort_and_a_close(string message, bool isBinary)
    {
        await using DeskServer server = await DeskServer.StartAsync();
        await using NetworkStream socket = await OpenAsync(server);

        int opcode = isBinary ? RawFrame.Binary : RawFrame.TextMessage;
        var frame = new RawFrame(opcode, true, Encoding.UTF8.GetBytes(message));
        await socket.WriteAsync(frame.ToBytes(masked: true), Cancellation);

        RawFrame abort = await RawFrame.ReadAsync(socket);
        Assert.StartsWith("""["abort",["error",""", abort.Text, StringComparison.Ordinal);
        (int code, string reason) = (await RawFrame.ReadAsync(socket)).CloseReason;
        Assert.Equal(3000, code);
        Assert.Contains(reason, abort.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(long.MaxValue, "")]
    [InlineData(long.MaxValue, Square)]
    [InlineData(1L << 32, Square)]
    public async Task Frame_that_announces_too_much_ends_the_session_at_once(long length, string before)
    {
        await using DeskServer server = await DeskServer.StartAsync();
        await using NetworkStream socket = await OpenAsync(server);
        byte[] calls = before.Length == 0
            ? []
            : [.. new[] { before, Pull }.SelectMany(message => RawFrame.OfText(message).ToBytes(masked: true))];
        byte[] head = RawFrame.Head(RawFrame.TextMessage, isFinal: true, length, masked: true);

        await socket.WriteAsync((byte[])[.. calls, .. head, .. new byte[90]], Cancellation);

        if (before.Length > 0)
        {
            Assert.Equal(Resolved, (await RawFrame.ReadAsync(socket)).Text);
        }

        Assert.StartsWith("""["abort",["error",""", (await RawFrame.ReadAsync(socket)).Text, StringComparison.Ordinal);
        Assert.Equal(1009, (await RawFrame.ReadAsync(socket)).CloseReason.Code);
    }

    [Fact]
    public async Task Stopping_host_ends_the_session_after_running_calls()
    {
        await using DeskServer server = await DeskServer.StartAsync();
        await using RpcSession session = await ConnectAsync(server);
        Task<int> call = session.Main.InvokeAsync<int, RpcArguments<int>>("wait", RpcArguments.Of(5), Cancellation).AsTask();
        await server.Watch.Arrived.Task.WaitAsync(Cancellation);

        Task stopping = server.StopAsync();
        Assert.False(call.IsCompleted);
        server.Watch.Go.SetResult();

        Assert.Equal(5, await call);
        await session.Completion.WaitAsync(Cancellation);
        Assert.Equal("The server is shutting down.", session.Error!.Message);
        await stopping;
    }

    [Fact]
    public async Task Stopping_host_waits_for_a_call_not_yet_pulled()
    {
        await using DeskServer server = await DeskServer.StartAsync();
        await using NetworkStream socket = await OpenAsync(server);
        await WriteAsync(socket, """["push",["pipeline",0,["wait"],[5]]]""");
        await server.Watch.Arrived.Task.WaitAsync(Cancellation);

        Task stopping = server.StopAsync();
        await WriteAsync(socket, """["pull",1]""", Square, """["pull",2]""");
        Assert.Equal("""["resolve",2,36]""", (await RawFrame.ReadAsync(socket)).Text);
        server.Watch.Go.SetResult();

        Assert.Equal("""["resolve",1,5]""", (await RawFrame.ReadAsync(socket)).Text);
        Assert.StartsWith("""["abort",""", (await RawFrame.ReadAsync(socket)).Text, StringComparison.Ordinal);
        (int code, _) = (await RawFrame.ReadAsync(socket)).CloseReason;
        await socket.WriteAsync(RawFrame.OfClose(code, "").ToBytes(masked: true), Cancellation);
        await stopping;
    }

    [Fact]
    public async Task Stopping_host_waits_at_most_the_shutdown_timeout()
    {
        var clock = new ManualTime();
        await using DeskServer server = await DeskServer.StartAsync(new()
        {
            WebSocket = new() { TimeProvider = clock, KeepAliveInterval = Timeout.InfiniteTimeSpan },
            ShutdownTimeout = TimeSpan.FromSeconds(3),
        });
        await using RpcSession session = await ConnectAsync(server);
        Task<int> call = session.Main.InvokeAsync<int, RpcArguments<int>>("wait", RpcArguments.Of(5), Cancellation).AsTask();
        await server.Watch.Arrived.Task.WaitAsync(Cancellation);
        clock.Advance(TimeSpan.Zero);
        Task waited = clock.Waited;

        Task stopping = server.StopAsync();
        await waited.WaitAsync(Cancellation);
        clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal("The server is shutting down.", (await Assert.ThrowsAnyAsync<RpcException>(() => call)).Message);
        await server.Watch.Cancelled.Task.WaitAsync(Cancellation);
        await stopping;
    }

    [Fact]
    public async Task WebSocket_over_HTTP2_carries_a_session()
    {
        await using DeskServer server = await DeskServer.StartAsync(protocols: HttpProtocols.Http2);
        var socket = new ClientWebSocket();
        (socket.Options.HttpVersion, socket.Options.HttpVersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        await socket.ConnectAsync(WebSocketOf(server), http, Cancellation);

        await using var session = new RpcSession(new RpcWebSocketTransport(socket));

        Assert.Equal(36, await SquareAsync(session, 6));
    }

    [Fact]
    public async Task WebSocket_over_TLS_carries_a_session()
    {
        using var key = ECDsa.Create();
        var names = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = names.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        await using DeskServer server = await DeskServer.StartAsync(certificate: certificate);
        using var http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, theirs, _, _) => certificate.Equals(theirs) },
        });
        var address = new UriBuilder(server.Address) { Scheme = "wss" };

        await using var session = new RpcSession(
            await RpcWebSocketTransport.ConnectAsync(address.Uri, http: http, cancellationToken: Cancellation));

        await AssertSquaresAsync(session, 100);
    }

    [Fact]
    public async Task Server_without_a_raw_stream_uses_its_own_WebSockets()
    {
        Desk.Register();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        await using WebApplication app = builder.Build();
        app.MapCapnWeb<IDesk>("/rpc", _ => new Desk(new DeskWatch()));
        await app.StartAsync(Cancellation);
        WebSocket socket = await app.GetTestServer().CreateWebSocketClient().ConnectAsync(new Uri("ws://localhost/rpc"), Cancellation);

        await using var session = new RpcSession(new RpcWebSocketTransport(socket));

        Assert.Equal(36, await SquareAsync(session, 6));
    }

    [Fact]
    public async Task Mapping_a_type_without_contract_throws()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        await using WebApplication app = builder.Build();

        var error = Assert.Throws<ArgumentException>(() => app.MapCapnWeb<string>("/rpc"));
        Assert.Contains("System.String has no contract", error.Message, StringComparison.Ordinal);
    }

    private static async Task<RpcSession> ConnectAsync(DeskServer server) =>
        new(await RpcWebSocketTransport.ConnectAsync(WebSocketOf(server), cancellationToken: Cancellation));

    private static async Task AssertSquaresAsync(RpcSession session, int calls)
    {
        int[] squares = await Task.WhenAll(Enumerable.Range(0, calls).Select(i => SquareAsync(session, i).AsTask()));
        Assert.Equal(Enumerable.Range(0, calls).Select(i => i * i), squares);
    }

    private static ValueTask<int> SquareAsync(RpcSession session, int number) =>
        session.Main.InvokeAsync<int, RpcArguments<int>>("square", RpcArguments.Of(number), Cancellation);

    private static Uri WebSocketOf(DeskServer server) => new UriBuilder(server.Address) { Scheme = "ws" }.Uri;

    private static async Task<HttpResponseMessage> PostAsync(DeskServer server, string body) =>
        await s_http.PostAsync(server.Address, new ByteArrayContent(Encoding.UTF8.GetBytes(body)), Cancellation);

    private static Task<NetworkStream> RequestAsync(DeskServer server) => server.SendRawAsync(s_upgrade);

    private static async Task<NetworkStream> OpenAsync(DeskServer server)
    {
        NetworkStream socket = await RequestAsync(server);
        await DeskServer.ReadHeadAsync(socket);
        return socket;
    }

    private static async Task WriteAsync(NetworkStream socket, params string[] messages) =>
        await socket.WriteAsync(messages.SelectMany(message => RawFrame.OfText(message).ToBytes(masked: true)).ToArray(), Cancellation);
}
