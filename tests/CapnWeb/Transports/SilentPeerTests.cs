using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Tests.CapnWeb.Transports;

/// <summary>Connections whose peer neither sends nor reads. The test moves the clock.</summary>
public class SilentPeerTests
{
    private const string Silence = "The peer is silent: no byte came or went for 120 s.";
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private readonly ManualTime _clock = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RpcWebSocketOptions Options => new() { TimeProvider = _clock };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Silent_peer_is_cut_after_two_minutes(bool byPipe)
    {
        await using var end = ServerEnd.Start(Options, byPipe);

        _clock.Advance(s_limit - TimeSpan.FromSeconds(1));
        Assert.False(end.Receiver.Closed.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        if (byPipe)
        {
            // A reader of the pipe gets one more second to report bytes.
            Assert.False(end.Receiver.Closed.IsCompleted);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(Silence, Assert.IsType<RpcBrokenException>(await end.Receiver.Closed).Message);
    }

    [Fact]
    public async Task Send_to_a_silent_peer_fails_with_the_same_reason()
    {
        await using var end = ServerEnd.Start(Options);
        end.Wire.IsStuck = true;
        Task sending = end.Transport.SendAsync("never read").AsTask();

        _clock.Advance(s_limit + TimeSpan.FromSeconds(1));

        Assert.Equal(Silence, (await end.Receiver.Closed)!.Message);
        end.Wire.IsStuck = false;
        Assert.Equal(Silence, (await Assert.ThrowsAsync<RpcBrokenException>(() => end.Transport.SendAsync("late").AsTask())).Message);
        Assert.False(sending.IsCompleted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Peer_that_pings_without_reading_is_cut(bool byPipe)
    {
        await using var end = ServerEnd.Start(Options, byPipe);
        await end.WriteAsync(RawFrame.OfText("before"));
        Assert.Equal("before", await end.Receiver.NextMessageAsync());
        end.Wire.IsStuck = true;
        await end.WriteAsync(new RawFrame(RawFrame.Ping, true, [1]));
        await end.Wire.Stuck.WaitAsync(Cancellation);

        // At the first advance, the timer may find that the pong has not begun to wait yet.
        while (!end.Receiver.Closed.IsCompleted && _clock.GetTimestamp() < 10 * s_limit.Ticks)
        {
            _clock.Advance(s_limit);
            await Task.Yield();
        }

        Assert.Equal(Silence, (await end.Receiver.Closed.WaitAsync(TimeSpan.FromSeconds(30), Cancellation))!.Message);
        Assert.True(end.Receiver.IsContractKept);
    }

    [Fact]
    public async Task Peer_that_pings_without_reading_is_cut_while_a_member_blocks()
    {
        using var gate = new ManualResetEventSlim();
        using var entered = new SemaphoreSlim(0);
        await using var end = ServerEnd.Start(Options, onMessage: _ =>
        {
            entered.Release();
            gate.Wait(CancellationToken.None);
        });
        await end.WriteAsync(RawFrame.OfText("block"));
        Assert.True(await entered.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
        _clock.Advance(TimeSpan.FromMilliseconds(250));
        end.Wire.IsStuck = true;
        await end.WriteAsync(new RawFrame(RawFrame.Ping, true, [1]));
        _clock.Advance(TimeSpan.FromMilliseconds(250));
        await end.Wire.Stuck.WaitAsync(Cancellation);

        for (int i = 0; i < 10; i++)
        {
            _clock.Advance(s_limit);
            await Task.Yield();
        }

        gate.Set();
        Assert.Equal(Silence, (await end.Receiver.Closed.WaitAsync(TimeSpan.FromSeconds(30), Cancellation))!.Message);
        Assert.True(end.Receiver.IsContractKept);
    }

    [Fact]
    public async Task Closed_connection_is_not_watched()
    {
        await using var end = ServerEnd.Start(Options);
        ValueTask closing = end.Transport.CloseAsync(null);
        await end.WriteAsync(RawFrame.OfClose(1000, ""));
        await closing;

        _clock.Advance(2 * s_limit);

        Assert.False(end.Receiver.Closed.IsCompleted);
    }

    [Fact]
    public async Task Connection_without_pings_has_no_limit()
    {
        await using var end = ServerEnd.Start(Options with { KeepAliveInterval = Timeout.InfiniteTimeSpan });

        _clock.Advance(100 * s_limit);
        await end.WriteAsync(RawFrame.OfText("still here"));

        Assert.Equal("still here", await end.Receiver.NextMessageAsync());
    }

    [Fact]
    public async Task Idle_connection_sends_pings()
    {
        await using var end = ServerEnd.Start(new() { KeepAliveInterval = TimeSpan.FromMilliseconds(1) });

        RawFrame ping = await end.ReadAsync();
        await end.WriteAsync(new RawFrame(RawFrame.Pong, true, ping.Payload));

        Assert.Equal(RawFrame.Ping, ping.Opcode);
        Assert.Equal(RawFrame.Ping, (await end.ReadAsync()).Opcode);
    }

    [Theory]
    [InlineData(30, 120, 30)]
    [InlineData(30, 60, 20)] // A healthy idle peer needs time to answer.
    [InlineData(30, -1, 30)]
    [InlineData(-1, 120, -1)]
    public void Pings_come_often_enough_for_the_limit(int intervalSeconds, int timeoutSeconds, int expectedSeconds)
    {
        var options = new RpcWebSocketOptions { KeepAliveInterval = Seconds(intervalSeconds), KeepAliveTimeout = Seconds(timeoutSeconds) };

        Assert.Equal(Seconds(expectedSeconds), options.PingInterval);

        static TimeSpan Seconds(int seconds) => seconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // The application calls UseWebSockets before the route.
    public async Task Server_cancels_the_calls_of_a_silent_client(bool hasWebSockets)
    {
        await using DeskServer server = await DeskServer.StartAsync(new() { WebSocket = Options }, hasWebSockets: hasWebSockets);
        await using NetworkStream socket = await server.SendRawAsync(
            "GET /rpc HTTP/1.1", "Host: localhost", "Connection: Upgrade", "Upgrade: websocket",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
        await DeskServer.ReadHeadAsync(socket);
        await socket.WriteAsync(RawFrame.OfText("""["push",["pipeline",0,["wait"],[1]]]""").ToBytes(masked: true), Cancellation);
        await server.Watch.Arrived.Task.WaitAsync(Cancellation);
        await socket.WriteAsync(new RawFrame(RawFrame.Ping, true, []).ToBytes(masked: true), Cancellation);
        Assert.Equal(RawFrame.Pong, (await RawFrame.ReadAsync(socket)).Opcode);

        while (!server.Watch.Cancelled.Task.IsCompleted)
        {
            // Silence counts only once the server waits for the next byte, so one advance may not be enough.
            _clock.Advance(s_limit);
            await Task.Yield();
        }

        await server.Watch.Cancelled.Task.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task Server_resets_the_connection_of_a_client_that_pings_without_reading()
    {
        await using DeskServer server = await DeskServer.StartAsync(new() { WebSocket = Options });
        await using NetworkStream socket = await server.SendRawAsync(
            "GET /rpc HTTP/1.1", "Host: localhost", "Connection: Upgrade", "Upgrade: websocket",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
        await DeskServer.ReadHeadAsync(socket);
        await socket.WriteAsync(RawFrame.OfText("""["push",["pipeline",0,["wait"],[1]]]""").ToBytes(masked: true), Cancellation);
        await server.Watch.Arrived.Task.WaitAsync(Cancellation);
        byte[] ping = new RawFrame(RawFrame.Ping, true, new byte[125]).ToBytes(masked: true);
        byte[] pings = [.. Enumerable.Repeat(ping, 1_000).SelectMany(bytes => bytes)];
        int written = 0;
        Task writing = WriteAsync();

        // The pongs fill all buffers, and then the pings do.
        int seen;
        do
        {
            seen = Volatile.Read(ref written);
            await Task.Delay(200, Cancellation);
        }
        while (seen < Volatile.Read(ref written));

        for (int i = 0; i < 20; i++)
        {
            _clock.Advance(s_limit);
            await Task.Yield();
        }

        await server.Watch.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        while (!writing.IsCompleted)
        {
            // The session gives its last write one second, and the close of the WebSocket five.
            _clock.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(writing, Task.Delay(50, Cancellation));
        }

        await Assert.ThrowsAnyAsync<IOException>(() => writing);

        async Task WriteAsync()
        {
            while (true)
            {
                await socket.WriteAsync(pings, CancellationToken.None);
                Interlocked.Increment(ref written);
            }
        }
    }

    [Fact]
    public async Task Client_fails_calls_to_a_silent_server()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/rpc");
        Task<RpcWebSocketTransport> connecting = RpcWebSocketTransport.ConnectAsync(address, Options, cancellationToken: Cancellation);
        using TcpClient server = await listener.AcceptTcpClientAsync(Cancellation);
        await AcceptAsync(server.GetStream());
        await using var session = new RpcSession(await connecting);
        Task<int> call = session.Main.InvokeAsync<int, RpcArguments<int>>("square", RpcArguments.Of(6), Cancellation).AsTask();
        Assert.StartsWith("""["push",""", (await RawFrame.ReadAsync(server.GetStream())).Text, StringComparison.Ordinal);

        _clock.Advance(s_limit + TimeSpan.FromSeconds(1));

        Assert.Equal(Silence, (await Assert.ThrowsAsync<RpcBrokenException>(() => call)).Message);
    }

    [Fact]
    public async Task Cancelled_connect_throws_OperationCanceledException()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var cancellation = new CancellationTokenSource();
        var address = new Uri($"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/rpc");
        Task<RpcWebSocketTransport> connecting = RpcWebSocketTransport.ConnectAsync(address, cancellationToken: cancellation.Token);
        using TcpClient server = await listener.AcceptTcpClientAsync(Cancellation);
        await DeskServer.ReadHeadAsync(server.GetStream());

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
    }

    [Fact]
    public async Task Connect_to_a_closed_port_throws_HttpRequestException()
    {
        // No server listens on port 1.
        var address = new Uri("ws://127.0.0.1:1/");

        await Assert.ThrowsAsync<HttpRequestException>(() => RpcWebSocketTransport.ConnectAsync(address, cancellationToken: Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Client_sends_headers_that_the_application_adds(bool isHttpClient)
    {
        await using DeskServer server = await DeskServer.StartAsync(new() { AllowedOrigins = [] });
        using HttpMessageInvoker http = isHttpClient ? new HttpClient() : new HttpMessageInvoker(new SocketsHttpHandler());

        Task<RpcWebSocketTransport> connecting = RpcWebSocketTransport.ConnectAsync(
            server.Address,
            http: http,
            configure: request => request.Headers.Add("Origin", "https://evil.example"),
            cancellationToken: Cancellation);

        Assert.Contains("'403'", (await Assert.ThrowsAsync<WebSocketException>(() => connecting)).Message, StringComparison.Ordinal);
        await using RpcWebSocketTransport allowed =
            await RpcWebSocketTransport.ConnectAsync(server.Address, http: http, cancellationToken: Cancellation);
    }

    // Completes a WebSocket handshake as RFC 6455, section 4.2.2, describes.
    private static async Task AcceptAsync(NetworkStream stream)
    {
        string head = await DeskServer.ReadHeadAsync(stream);
        const string KeyHeader = "Sec-WebSocket-Key: ";
        string key = head.Split("\r\n").Single(line => line.StartsWith(KeyHeader, StringComparison.OrdinalIgnoreCase))[KeyHeader.Length..];
#pragma warning disable CA5350 // The protocol asks for SHA-1.
        string accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"),
            Cancellation);
    }
}
