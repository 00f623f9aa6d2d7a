using System.Runtime.InteropServices;
using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Tests.CapnWeb.Transports;

public class MemoryTransportTests
{
    private const string Done = ScriptedReceiver.Done;

    private readonly RpcMemoryTransport _first;
    private readonly RpcMemoryTransport _second;

    public MemoryTransportTests() => (_first, _second) = RpcMemoryTransport.CreatePair();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_arrive_in_order_before_the_send_returns()
    {
        var receiver = new ScriptedReceiver();
        _second.Start(receiver);

        await _first.SendAsync("a", "é🦔", "");
        await _first.SendAsync("b");

        Assert.Equal(["a", "é🦔", "", Done, "b", Done], receiver.TakeReceived());
    }

    [Fact]
    public async Task Messages_sent_before_Start_are_delivered_by_Start()
    {
        var receiver = new ScriptedReceiver();
        await _first.SendAsync("a", "b");
        await _first.CloseAsync(null);

        _second.Start(receiver);

        Assert.Equal(["a", "b", Done], receiver.TakeReceived());
        Assert.Null(await receiver.Closed);
    }

    [Fact]
    public async Task Delivered_message_is_a_copy()
    {
        byte[] sent = "message"u8.ToArray();
        var receiver = new MemoryKeeper();
        _second.Start(receiver);

        await _first.SendAsync(new RpcMessages(sent, new[] { sent.Length }), Cancellation);

        Assert.True(MemoryMarshal.TryGetArray(receiver.Memory, out ArraySegment<byte> arrived));
        Assert.NotSame(sent, arrived.Array);
        Assert.Equal("message"u8, receiver.Memory.Span);
    }

    [Fact]
    public void Replies_to_replies_do_not_deepen_the_stack()
    {
        const int Answers = 100_000;
        int answers = 0, depth = 0, deepest = 0;
        _first.Start(new ScriptedReceiver(_ => Answer(_first)));
        _second.Start(new ScriptedReceiver(_ => Answer(_second)));

        Answer(_first);

        Assert.Equal(Answers, answers);
        // Each end may nest one delivery inside the first call, and no more.
        Assert.InRange(deepest, 1, 3);

        void Answer(RpcMemoryTransport transport)
        {
            deepest = Math.Max(deepest, ++depth);
            if (answers < Answers)
            {
                answers++;
                Assert.True(transport.SendAsync("x").AsTask().IsCompletedSuccessfully);
            }

            depth--;
        }
    }

    [Fact]
    public async Task Messages_for_a_busy_receiver_are_delivered_afterwards()
    {
        using var busy = new SemaphoreSlim(0);
        using var go = new SemaphoreSlim(0);
        var receiver = new ScriptedReceiver(text =>
        {
            if (text == "first")
            {
                busy.Release();
                go.Wait(Cancellation);
            }
        });
        _second.Start(receiver);
        Task first = Task.Run(async () => await _first.SendAsync("first"), Cancellation);
        await busy.WaitAsync(Cancellation);

        await _first.SendAsync("second");
        await _first.SendAsync("third");
        Assert.Equal(["first"], receiver.TakeReceived());
        go.Release();
        await first;

        Assert.Equal([Done, "second", "third", Done], receiver.TakeReceived());
    }

    [Fact]
    public async Task Close_reason_reaches_only_the_peer_after_the_last_message()
    {
        var closing = new ScriptedReceiver();
        var peer = new ScriptedReceiver();
        _first.Start(closing);
        _second.Start(peer);

        await _first.SendAsync("last");
        await _first.CloseAsync(new InvalidOperationException("the reason"));
        await _first.CloseAsync(new InvalidOperationException("another"));
        await _first.SendAsync("too late");
        await _second.SendAsync("nobody listens");

        Assert.Equal(["last", Done], peer.TakeReceived());
        Assert.Equal("Peer closed: the reason", Assert.IsType<RpcBrokenException>(await peer.Closed).Message);
        Assert.Empty(closing.TakeReceived());
        Assert.False(closing.Closed.IsCompleted);
    }

    [Fact]
    public async Task Receiver_that_closes_gets_no_further_messages()
    {
        var receiver = new ScriptedReceiver(text => Assert.True(_second.CloseAsync(null).AsTask().IsCompletedSuccessfully));
        _second.Start(receiver);

        await _first.SendAsync("a", "b");

        Assert.Equal(["a"], receiver.TakeReceived());
    }

    [Fact]
    public async Task Throwing_receiver_closes_the_connection_not_the_send()
    {
        var sender = new ScriptedReceiver();
        var failing = new ScriptedReceiver(_ => throw new InvalidOperationException("its own fault"));
        _first.Start(sender);
        _second.Start(failing);

        await _first.SendAsync("a");

        Assert.Equal("Peer closed: its own fault", (await sender.Closed)!.Message);
    }

    [Fact]
    public async Task Concurrent_sends_and_closes_never_overlap_deliveries()
    {
        for (int round = 0; round < 200; round++)
        {
            (RpcMemoryTransport first, RpcMemoryTransport second) = RpcMemoryTransport.CreatePair();
            var receivers = new[] { new ScriptedReceiver(), new ScriptedReceiver() };
            first.Start(receivers[0]);
            second.Start(receivers[1]);
            using var start = new Barrier(4);

            await Task.WhenAll(
                Run(() => Repeat(() => first.SendAsync("from first"))),
                Run(() => Repeat(() => second.SendAsync("from second"))),
                Run(() => first.CloseAsync(new InvalidOperationException("first"))),
                Run(() => round % 2 == 0 ? second.CloseAsync(null) : first.DisposeAsync()));

            Assert.All(receivers, receiver => Assert.True(receiver.IsContractKept));

            Task Run(Func<ValueTask> run) => Task.Run(
                async () =>
                {
                    start.SignalAndWait(Cancellation);
                    await run();
                },
                Cancellation);
        }

        static async ValueTask Repeat(Func<ValueTask> send)
        {
            for (int i = 0; i < 50; i++)
            {
                await send();
            }
        }
    }

    private sealed class MemoryKeeper : IRpcReceiver
    {
        public ReadOnlyMemory<byte> Memory { get; private set; }

        public void Receive(ReadOnlyMemory<byte> message) => Memory = message;

        public void ReceiveDone()
        {
        }

        public Task FlushAsync() => Task.CompletedTask;

        public void Closed(Exception? error)
        {
        }
    }
}
