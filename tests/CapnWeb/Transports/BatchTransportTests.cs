using System.Net;
using System.Text;
using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Sessions;

namespace WorkerRpc.Tests.CapnWeb.Transports;

public class BatchTransportTests
{
    private const string Done = ScriptedReceiver.Done;
    private const string Ended = "Batch RPC request ended.";

    private static readonly Uri s_address = new("http://peer/rpc");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sent_messages_are_posted_once_without_releases()
    {
        var peer = new ScriptedPeer();
        (RpcBatchTransport transport, ScriptedReceiver _) = Start(peer);
        await transport.SendAsync("[\"push\",1]", "[\"push\",\"é🦔\"]");
        await transport.SendAsync("[\"release\",1,1]", "[\"pull\",2]", "[\"release\",2,1]");
        Assert.Empty(peer.Bodies);

        await transport.PostAsync(Cancellation);
        await transport.SendAsync("[\"push\",\"too late\"]");

        Assert.Equal("[\"push\",1]\n[\"push\",\"é🦔\"]\n[\"pull\",2]", Assert.Single(peer.Bodies));
        Assert.Equal("text/plain;charset=UTF-8", peer.ContentType);
        Assert.Equal(Ended, (await Assert.ThrowsAsync<InvalidOperationException>(() => transport.PostAsync(Cancellation))).Message);
    }

    [Fact]
    public async Task Line_feeds_inside_messages_become_spaces()
    {
        var peer = new ScriptedPeer();
        (RpcBatchTransport transport, ScriptedReceiver _) = Start(peer);
        await transport.SendAsync("[\"push\",{\"a\":\n1}\r\n]", "\n[2]\n\n");
        await transport.PostAsync(Cancellation);
        Assert.Equal("[\"push\",{\"a\": 1}\r ]\n [2]  ", Assert.Single(peer.Bodies));

        using var server = new BatchServerTransport(TimeProvider.System);
        server.Start(new ScriptedReceiver());
        await server.SendAsync("[\"resolve\",1,{\"a\":\n1}]", "[\"resolve\",2,3]");
        Assert.Equal("[\"resolve\",1,{\"a\": 1}]\n[\"resolve\",2,3]", Encoding.UTF8.GetString(server.TakeAnswers().Span));
    }

    [Fact]
    public async Task Batch_of_a_client_that_has_gone_is_not_delivered_further()
    {
        using var gone = new CancellationTokenSource();
        using var server = new BatchServerTransport(TimeProvider.System);
        var receiver = new ScriptedReceiver(text =>
        {
            if (text == "b")
            {
                gone.Cancel();
            }
        });
        server.Start(receiver);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => server.DeliverAsync("a\nb\nc\nd"u8.ToArray(), gone.Token).AsTask());

        Assert.Equal(["a", "b"], receiver.TakeReceived());
    }

    [Fact]
    public async Task Long_batch_lets_other_work_run_between_its_lines()
    {
        var clock = new ManualTime();
        using var server = new BatchServerTransport(clock);
        var receiver = new ScriptedReceiver(_ => clock.Advance(TimeSpan.FromMilliseconds(20)));
        server.Start(receiver);
        var queue = new CountingContext();
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(queue);
        Task delivering;
        try
        {
            delivering = server.DeliverAsync("a\nb\nc\nd\ne\nf\ng"u8.ToArray(), CancellationToken.None).AsTask();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        Assert.Equal(["a", "b", "c"], receiver.TakeReceived());
        int turns = 1;
        for (; queue.TryRunOne(); turns++)
        {
        }

        await delivering;
        Assert.Equal(["d", "e", "f", "g", Done], receiver.TakeReceived());
        Assert.Equal(3, turns);
    }

    [Fact]
    public async Task Session_of_a_batch_needs_no_timer_and_ends_with_the_post()
    {
        var clock = new CountingClock();
        var transport = new RpcBatchTransport(new HttpMessageInvoker(new ScriptedPeer { Answer = "[\"resolve\",1,9]" }), s_address);
        await using var session = new RpcSession(transport, options: new RpcSessionOptions { TimeProvider = clock });
        Task<int> call = session.Main.CallAsync<int, RpcArguments<int>>("square", new(3)).AsTask();

        await transport.PostAsync(Cancellation);

        // The end has not waited for another thread.
        Assert.True(session.Completion.IsCompleted);
        Assert.Equal(9, await call);
        Assert.Equal(0, clock.Timers);
    }

    [Fact]
    public async Task Post_includes_the_messages_of_a_final_flush()
    {
        var peer = new ScriptedPeer();
        var transport = new RpcBatchTransport(new HttpMessageInvoker(peer), s_address);
        var sender = new LateSender(transport);
        transport.Start(sender);

        Task posting = transport.PostAsync(Cancellation);
        Assert.False(posting.IsCompleted);
        sender.Go.SetResult();
        await posting;

        Assert.Equal("kept", Assert.Single(peer.Bodies));
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\nb\r\né", new[] { "a", "b\r", "é" })]
    [InlineData("a\n", new[] { "a", "" })]
    public async Task Response_is_delivered_by_line_and_ends_the_batch(string answer, string[] messages)
    {
        (RpcBatchTransport transport, ScriptedReceiver receiver) = Start(new ScriptedPeer { Answer = answer });
        receiver.TakeReceived();

        await transport.PostAsync(Cancellation);

        Assert.Equal([.. messages, Done], receiver.TakeReceived());
        Assert.Equal(Ended, Assert.IsType<RpcBrokenException>(await receiver.Closed).Message);
        Assert.True(receiver.IsContractKept);
    }

    [Fact]
    public async Task Answer_that_is_not_UTF8_ends_the_batch()
    {
        var peer = new ScriptedPeer { Raw = [(byte)'a', (byte)'\n', 0xED, 0xA0, 0x80] };
        (RpcBatchTransport transport, ScriptedReceiver receiver) = Start(peer);
        receiver.TakeReceived();

        RpcProtocolException thrown = await Assert.ThrowsAsync<RpcProtocolException>(() => transport.PostAsync(Cancellation));

        Assert.Same(thrown, await receiver.Closed);
        Assert.Equal(["a", Done], receiver.TakeReceived());
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "{\"detail\":\"Line 3: bad RPC message\"}", "400: Line 3: bad RPC message")]
    [InlineData(HttpStatusCode.BadGateway, "<html>", "502: Bad Gateway")]
    [InlineData(HttpStatusCode.NotFound, "[]", "404: Not Found")]
    public async Task Error_response_closes_the_transport_with_its_detail(HttpStatusCode status, string body, string expected)
    {
        (RpcBatchTransport transport, ScriptedReceiver receiver) = Start(new ScriptedPeer { Answer = body, Status = status });

        RpcBrokenException thrown = await Assert.ThrowsAsync<RpcBrokenException>(() => transport.PostAsync(Cancellation));

        Assert.Equal($"{s_address} answered the batch with {expected}", thrown.Message);
        Assert.Equal(((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture), thrown.Code);
        Assert.Same(thrown, await receiver.Closed);
        Assert.Empty(receiver.TakeReceived());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Long_error_response_gives_a_short_message(bool isAnnounced)
    {
        string[] bodies =
        [
            $"{{\"title\":[{{\"detail\":\"another\"}}],\"detail\":\"{new string('x', 1_000)}\","
            + $"\"messages\":[\"{new string('y', 1_000_000)}\"]}}",
            $"{{\"detail\":\"{new string('x', 1_000_000)}\"}}",
        ];
        string[] expected = ["400: " + new string('x', 500) + "…", "400: Bad Request"];
        for (int i = 0; i < bodies.Length; i++)
        {
            (RpcBatchTransport transport, ScriptedReceiver _) = Start(
                new ScriptedPeer { Answer = bodies[i], Status = HttpStatusCode.BadRequest, IsAnnounced = isAnnounced });

            RpcBrokenException thrown = await Assert.ThrowsAsync<RpcBrokenException>(() => transport.PostAsync(Cancellation));

            Assert.Equal($"{s_address} answered the batch with {expected[i]}", thrown.Message);
        }
    }

    [Fact]
    public async Task Endless_error_response_is_read_only_for_its_detail()
    {
        var peer = new EndlessPeer { Status = HttpStatusCode.BadGateway };
        using var http = new HttpMessageInvoker(peer);
        var transport = new RpcBatchTransport(http, s_address);
        transport.Start(new ScriptedReceiver());

        RpcBrokenException thrown = await Assert.ThrowsAsync<RpcBrokenException>(() => transport.PostAsync(Cancellation));

        Assert.Equal("502", thrown.Code);
        Assert.InRange(peer.Written, 1, 20_000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Response_at_the_size_limit_passes_one_byte_more_fails(bool isAnnounced)
    {
        var options = new RpcBatchOptions { MaxResponseBytes = 10_000 };
        var peer = new ScriptedPeer { Answer = new string('x', 10_000), IsAnnounced = isAnnounced };
        (RpcBatchTransport transport, ScriptedReceiver receiver) = Start(peer, options);
        await transport.PostAsync(Cancellation);
        Assert.Contains(peer.Answer, receiver.TakeReceived());

        (transport, receiver) = Start(new ScriptedPeer { Answer = peer.Answer + "x", IsAnnounced = isAnnounced }, options);

        await Assert.ThrowsAsync<RpcBrokenException>(() => transport.PostAsync(Cancellation));
        Assert.Contains("at most 10000 bytes", (await receiver.Closed)!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Endless_response_is_read_only_up_to_the_limit(bool isHttpClient)
    {
        var peer = new EndlessPeer();
        using HttpMessageInvoker http = isHttpClient ? new HttpClient(peer) : new HttpMessageInvoker(peer);
        var transport = new RpcBatchTransport(http, s_address, new RpcBatchOptions { MaxResponseBytes = 10_000 });
        var receiver = new ScriptedReceiver();
        transport.Start(receiver);

        await Assert.ThrowsAsync<RpcBrokenException>(() => transport.PostAsync(Cancellation));

        Assert.Contains("at most 10000 bytes", (await receiver.Closed)!.Message, StringComparison.Ordinal);
        Assert.InRange(peer.Written, 10_000, 10_000 + EndlessPeer.Piece);
    }

    [Fact]
    public async Task Timeout_of_an_HttpClient_covers_the_response()
    {
        using var http = new HttpClient(new EndlessPeer { HangsAfter = 1 }) { Timeout = TimeSpan.FromMilliseconds(50) };
        var transport = new RpcBatchTransport(http, s_address);
        transport.Start(new ScriptedReceiver());

        RpcBrokenException thrown = await Assert.ThrowsAsync<RpcBrokenException>(() => transport.PostAsync(Cancellation));

        Assert.Contains("was not answered", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unreachable_peer_closes_the_transport()
    {
        var peer = new ScriptedPeer { Failure = new HttpRequestException("no route") };
        (RpcBatchTransport transport, ScriptedReceiver receiver) = Start(peer);

        RpcBrokenException thrown = await Assert.ThrowsAsync<RpcBrokenException>(() => transport.PostAsync(Cancellation));

        Assert.Contains("no route", thrown.Message, StringComparison.Ordinal);
        Assert.Same(thrown, await receiver.Closed);
    }

    [Fact]
    public async Task Closing_cancels_the_request_without_notifying_the_receiver()
    {
        var peer = new ScriptedPeer { Hangs = true };
        (RpcBatchTransport transport, ScriptedReceiver receiver) = Start(peer);
        Task posting = transport.PostAsync(Cancellation);

        await transport.CloseAsync(null);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => posting);
        Assert.False(receiver.Closed.IsCompleted);
    }

    [Fact]
    public async Task Cancelled_post_closes_the_transport()
    {
        using var cancellation = new CancellationTokenSource();
        (RpcBatchTransport transport, ScriptedReceiver receiver) = Start(new ScriptedPeer { Hangs = true });
        Task posting = transport.PostAsync(cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => posting);
        Assert.IsAssignableFrom<OperationCanceledException>(await receiver.Closed);
    }

    private static (RpcBatchTransport Transport, ScriptedReceiver Receiver) Start(ScriptedPeer peer, RpcBatchOptions? options = null)
    {
        var transport = new RpcBatchTransport(new HttpMessageInvoker(peer), s_address, options);
        var receiver = new ScriptedReceiver();
        transport.Start(receiver);
        return (transport, receiver);
    }

    private sealed class CountingClock : TimeProvider
    {
        public int Timers { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Timers++;
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    /// <summary>Keeps the work that yielded until the test runs it.</summary>
    private sealed class CountingContext : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Work, object? State)> _queue = new();

        public override void Post(SendOrPostCallback d, object? state) => _queue.Enqueue((d, state));

        public bool TryRunOne()
        {
            if (!_queue.TryDequeue(out (SendOrPostCallback Work, object? State) next))
            {
                return false;
            }

            SynchronizationContext? before = Current;
            SetSynchronizationContext(this);
            next.Work(next.State);
            SetSynchronizationContext(before);
            return true;
        }
    }

    private sealed class ScriptedPeer : HttpMessageHandler
    {
        public List<string> Bodies { get; } = [];

        public string? ContentType { get; private set; }

        public string Answer { get; init; } = "";

        /// <summary>The bytes of the answer. If they are null, <see cref="Answer"/> is sent.</summary>
        public byte[]? Raw { get; init; }

        public HttpStatusCode Status { get; init; } = HttpStatusCode.OK;

        public bool IsAnnounced { get; init; } = true;

        public bool Hangs { get; init; }

        public Exception? Failure { get; init; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // The header text as sent: the parsed property would format it differently.
            ContentType = request.Content!.Headers.NonValidated["Content-Type"].ToString();
            Bodies.Add(await request.Content.ReadAsStringAsync(cancellationToken));
            if (Hangs)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            if (Failure is not null)
            {
                throw Failure;
            }

            byte[] answer = Raw ?? Encoding.UTF8.GetBytes(Answer);
            ByteArrayContent content = IsAnnounced ? new ByteArrayContent(answer) : new UnannouncedContent(answer);

            return new HttpResponseMessage(Status) { Content = content };
        }
    }

    private sealed class UnannouncedContent(byte[] bytes) : ByteArrayContent(bytes)
    {
        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    /// <summary>A peer whose response never ends. Its content has no stream of its own, as with a handler that proxies or tests.</summary>
    private sealed class EndlessPeer : HttpMessageHandler
    {
        public const int Piece = 1_000;

        public int Written { get; private set; }

        public HttpStatusCode Status { get; init; } = HttpStatusCode.OK;

        /// <summary>The number of pieces after which the peer sends nothing more.</summary>
        public int HangsAfter { get; init; } = int.MaxValue;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(Status) { Content = new Body(this) });

        private sealed class Body(EndlessPeer peer) : HttpContent
        {
            protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
                SerializeToStreamAsync(stream, context, CancellationToken.None);

            protected override async Task SerializeToStreamAsync(
                Stream stream, TransportContext? context, CancellationToken cancellationToken)
            {
                // The end at 100 MB lets the test fail instead of hang.
                for (int i = 0; i < 100_000; i++)
                {
                    peer.Written += Piece;
                    await stream.WriteAsync(new byte[Piece], cancellationToken);
                    await (i + 1 < peer.HangsAfter ? Task.CompletedTask : Task.Delay(Timeout.Infinite, cancellationToken));
                }
            }

            protected override bool TryComputeLength(out long length)
            {
                length = 0;
                return false;
            }
        }
    }

    /// <summary>A receiver whose flush sends one message, after the test sets <see cref="Go"/>.</summary>
    private sealed class LateSender(RpcBatchTransport transport) : IRpcReceiver
    {
        public TaskCompletionSource Go { get; } = new();

        public void Receive(ReadOnlyMemory<byte> message)
        {
        }

        public void ReceiveDone()
        {
        }

        public async Task FlushAsync()
        {
            await Go.Task;
            await transport.SendAsync("kept");
        }

        public void Closed(Exception? error)
        {
        }
    }
}
