using System.Runtime.InteropServices;
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
    public async Task Messages_arrive_in_order_before_the_sender_goes_on_and_those_sent_together_are_done_together()
    {
        var receiver = new ScriptedReceiver();
        _second.Start(receiver);

        await _first.SendAsync("a", "é🦔", "");
        await _first.SendAsync("b");

        Assert.Equal(["a", "é🦔", "", Done, "b", Done], receiver.Taken());
    }

    [Fact]
    public async Task What_was_sent_before_the_other_end_starts_waits_for_it()
    {
        var receiver = new ScriptedReceiver();
        await _first.SendAsync("a", "b");
        await _first.CloseAsync(null);

        _second.Start(receiver);

        Assert.Equal(["a", "b", Done], receiver.Taken());
        Assert.Null(await receiver.Closed);
    }

    [Fact]
    public async Task A_message_is_a_copy()
    {
        byte[] sent = "message"u8.ToArray();
        var receiver = new KeepsMemory();
        _second.Start(receiver);

        await _first.SendAsync(new RpcMessages(sent, new[] { sent.Length }), Cancellation);

        Assert.True(MemoryMarshal.TryGetArray(receiver.Memory, out ArraySegment<byte> arrived));
        Assert.NotSame(sent, arrived.Array);
        Assert.Equal("message"u8, receiver.Memory.Span);
    }

    [Fact]
    public void Ends_that_answer_each_other_a_hundred_thousand_times_need_no_deeper_a_stack()
    {
        const int Answers = 100_000;
        int answers = 0, depth = 0, deepest = 0;
        _first.Start(new ScriptedReceiver(_ => Answer(_first)));
        _second.Start(new ScriptedReceiver(_ => Answer(_second)));

        Answer(_first);

        Assert.Equal(Answers, answers);
        // One end within the other, within the first call here.
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
    public async Task What_comes_while_a_receiver_is_busy_is_taken_when_it_returns()
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
        Assert.Equal(["first"], receiver.Taken());
        go.Release();
        await first;

        Assert.Equal([Done, "second", "third", Done], receiver.Taken());
    }

    [Fact]
    public async Task The_other_end_hears_the_reason_after_the_last_message_and_this_one_hears_nothing_more()
    {
        var closing = new ScriptedReceiver();
        var hearing = new ScriptedReceiver();
        _first.Start(closing);
        _second.Start(hearing);

        await _first.SendAsync("last");
        await _first.CloseAsync(new InvalidOperationException("the reason"));
        await _first.CloseAsync(new InvalidOperationException("another"));
        await _first.SendAsync("too late");
        await _second.SendAsync("nobody listens");

        Assert.Equal(["last", Done], hearing.Taken());
        Assert.Equal("Peer closed: the reason", Assert.IsType<RpcBrokenException>(await hearing.Closed).Message);
        Assert.Empty(closing.Taken());
        Assert.False(closing.Closed.IsCompleted);
    }

    [Fact]
    public async Task A_receiver_that_closes_gets_none_of_the_messages_behind()
    {
        var receiver = new ScriptedReceiver(text => Assert.True(_second.CloseAsync(null).AsTask().IsCompletedSuccessfully));
        _second.Start(receiver);

        await _first.SendAsync("a", "b");

        Assert.Equal(["a"], receiver.Taken());
    }

    [Fact]
    public async Task A_receiver_that_throws_loses_its_connection_and_the_sender_does_not_notice()
    {
        var sender = new ScriptedReceiver();
        var failing = new ScriptedReceiver(_ => throw new InvalidOperationException("its own fault"));
        _first.Start(sender);
        _second.Start(failing);

        await _first.SendAsync("a");

        Assert.Equal("Peer closed: its own fault", (await sender.Closed)!.Message);
    }

    [Fact]
    public async Task Senders_and_closers_on_many_threads_break_no_promise_to_either_receiver()
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

            Assert.All(receivers, receiver => Assert.True(receiver.IsSound));

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

    private sealed class KeepsMemory : IRpcReceiver
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
