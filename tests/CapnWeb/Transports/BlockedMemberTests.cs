using WorkerRpc.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Transports;

/// <summary>A connection whose receiver blocks its thread, as a member does that computes or waits. The test moves the clock.</summary>
public sealed class BlockedMemberTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(250);

    // A test that waits for a frame longer than this has failed.
    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(30);

    private readonly ManualTime _clock = new();
    private readonly ManualResetEventSlim _gate = new();
    private readonly SemaphoreSlim _entered = new(0);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _gate.Set();
        _gate.Dispose();
        _entered.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pings_are_answered_and_messages_keep_their_order(bool byPipe)
    {
        await using ServerEnd end = Start(byPipe);
        await end.WriteAsync(RawFrame.OfText("block"), RawFrame.OfText("a"), Ping(1));
        await BlockAsync();
        Assert.Equal(1, await PongAsync(end));

        await end.WriteAsync(RawFrame.OfText("b"), Ping(2), new RawFrame(RawFrame.TextMessage, false, [(byte)'c']));
        Assert.Equal(2, await PongAsync(end));
        Assert.Equal("block", await end.Receiver.NextAsync());
        Assert.Empty(end.Receiver.TakeReceived());
        _gate.Set();
        Assert.Equal(["a", "b"], [await end.Receiver.NextMessageAsync(), await end.Receiver.NextMessageAsync()]);
        await end.WriteAsync(new RawFrame(RawFrame.Continuation, true, [(byte)'d']), RawFrame.OfText("e"));

        Assert.Equal(["cd", "e"], [await end.Receiver.NextMessageAsync(), await end.Receiver.NextMessageAsync()]);
        Assert.Equal(ScriptedReceiver.Done, await end.Receiver.NextAsync());
        Assert.True(end.Receiver.IsContractKept);
    }

    [Fact]
    public async Task Connection_may_block_again_and_again()
    {
        await using ServerEnd end = Start();
        for (byte i = 0; i < 3; i++)
        {
            _gate.Reset();
            await end.WriteAsync(RawFrame.OfText("block"), RawFrame.OfText("block"), Ping(i));
            await BlockAsync();
            Assert.Equal(i, await PongAsync(end));
            _gate.Set();
            Assert.True(await _entered.WaitAsync(s_hang, Cancellation));
            Assert.Equal(["block", "block"], [await end.Receiver.NextMessageAsync(), await end.Receiver.NextMessageAsync()]);
        }

        Assert.True(end.Receiver.IsContractKept);
    }

    [Fact]
    public async Task Waiting_messages_are_limited_and_none_is_lost()
    {
        const int Count = 40;
        string text = new('x', 100_000);
        await using ServerEnd end = Start(pauseWriterThreshold: 1);
        Task writing = end.WriteAsync([RawFrame.OfText("block"), .. Enumerable.Range(0, Count).Select(i => RawFrame.OfText($"{i}{text}"))]);
        await BlockAsync();

        // The peer's write ends only when the server has read all of it.
        Assert.False(writing.IsCompleted);
        _gate.Set();
        await writing.WaitAsync(s_hang, Cancellation);

        Assert.Equal("block", await end.Receiver.NextMessageAsync());
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal($"{i}{text}", await end.Receiver.NextMessageAsync());
        }
    }

    [Fact]
    public async Task Disconnect_is_reported_after_the_waiting_messages()
    {
        await using ServerEnd end = Start();
        await end.WriteAsync(RawFrame.OfText("block"), RawFrame.OfText("a"), Ping(1));
        await BlockAsync();
        Assert.Equal(1, await PongAsync(end));

        await end.WriteAsync(RawFrame.OfClose(1001, "bye"));
        end.Peer.Dispose();
        Assert.False(end.Receiver.Closed.IsCompleted);
        _gate.Set();

        Assert.Equal("Peer closed WebSocket: 1001 bye", (await end.Receiver.Closed.WaitAsync(s_hang, Cancellation))!.Message);
        Assert.Equal(["block", "a", ScriptedReceiver.Done], end.Receiver.TakeReceived());
        Assert.True(end.Receiver.IsContractKept);
    }

    [Fact]
    public async Task Dead_peer_is_found_while_a_member_blocks()
    {
        await using ServerEnd end = Start();
        await end.WriteAsync(RawFrame.OfText("block"), Ping(1));
        await BlockAsync();
        Assert.Equal(1, await PongAsync(end));

        _clock.Advance(TimeSpan.FromMinutes(2) + TimeSpan.FromSeconds(1));
        _gate.Set();

        Exception? error = await end.Receiver.Closed.WaitAsync(s_hang, Cancellation);
        Assert.Equal("The peer is silent: no byte came or went for 120 s.", error!.Message);
    }

    private static RawFrame Ping(byte number) => new(RawFrame.Ping, true, [number]);

    private static async Task<byte> PongAsync(ServerEnd end)
    {
        RawFrame pong = await end.ReadAsync().WaitAsync(s_hang, Cancellation);
        Assert.Equal(RawFrame.Pong, pong.Opcode);
        return Assert.Single(pong.Payload);
    }

    private ServerEnd Start(bool byPipe = false, long pauseWriterThreshold = 0) => ServerEnd.Start(
        new RpcWebSocketOptions { TimeProvider = _clock }, byPipe, OnMessage, pauseWriterThreshold);

    private void OnMessage(string text)
    {
        if (text == "block")
        {
            _entered.Release();
            _gate.Wait(CancellationToken.None);
        }
    }

    /// <summary>Waits until the receiver blocks, and lets the connection notice it.</summary>
    private async Task BlockAsync()
    {
        Assert.True(await _entered.WaitAsync(s_hang, Cancellation));
        _clock.Advance(s_patience);
        _clock.Advance(s_patience);
    }
}
