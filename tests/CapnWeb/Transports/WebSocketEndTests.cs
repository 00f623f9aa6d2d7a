using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Tests.CapnWeb.Transports;

/// <summary>How a WebSocket connection ends: by either side, by an error or by a timeout.</summary>
public class WebSocketEndTests
{
    private const string Done = ScriptedReceiver.Done;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Abort_can_be_sent_after_a_binary_message()
    {
        await using var end = ServerEnd.Start();
        await end.WriteAsync(RawFrame.OfText("a"), new RawFrame(RawFrame.Binary, true, [1]), RawFrame.OfText("b"));
        Exception? error = await end.Receiver.Closed;

        await end.Transport.SendAsync("[\"abort\"]");
        ValueTask closing = end.Transport.CloseAsync(error);

        Assert.IsType<RpcProtocolException>(error);
        Assert.Equal(["a"], end.Receiver.TakeReceived().Where(text => text != Done));
        Assert.Equal("[\"abort\"]", (await end.ReadAsync()).Text);
        Assert.Equal((3000, error.Message), (await end.ReadAsync()).CloseReason);
        await end.WriteAsync(RawFrame.OfClose(3000, ""));
        await closing;
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("x", 123)]
    [InlineData("xé", 61)]
    [InlineData("€", 41)]
    [InlineData("xx🦔", 30)]
    public async Task Long_close_reason_is_cut_between_two_characters(string head, int kept)
    {
        await using var end = ServerEnd.Start();
        string last = head.Length == 0 ? "" : head[^1..] == "\udd94" ? "🦔" : head[^1..];
        string reason = head + string.Concat(Enumerable.Repeat(last, 200));

        ValueTask closing = end.Transport.CloseAsync(new RpcException(reason));

        (int code, string arrived) = (await end.ReadAsync()).CloseReason;
        Assert.Equal(3000, code);
        Assert.StartsWith(arrived, reason, StringComparison.Ordinal);
        Assert.Equal(kept, arrived.EnumerateRunes().Count(rune => rune.ToString() == last));
        await end.WriteAsync(RawFrame.OfClose(3000, ""));
        await closing;
    }

    [Theory]
    [InlineData("short", "short")]
    [InlineData("\ud83d alone", "\ud83d alone")]
    public void Short_close_reason_is_not_cut(string reason, string expected) =>
        Assert.Equal(expected, RpcWebSocketTransport.CutReason(reason));

    [Fact]
    public async Task Close_of_the_peer_is_reported_and_echoed()
    {
        await using var end = ServerEnd.Start();
        await end.WriteAsync(RawFrame.OfText("last"), RawFrame.OfClose(1001, "going away"));

        Exception? error = await end.Receiver.Closed;
        await end.Transport.CloseAsync(error);

        Assert.Equal("Peer closed WebSocket: 1001 going away", Assert.IsType<RpcBrokenException>(error).Message);
        Assert.Equal("last", await end.Receiver.NextMessageAsync());
        Assert.Equal(1001, (await end.ReadAsync()).CloseReason.Code);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(5, false)]
    [InlineData(5, true)]
    public async Task Disconnect_is_reported_even_within_a_frame(int sent, bool byPipe)
    {
        await using var end = ServerEnd.Start(byPipe: byPipe);
        await end.Peer.WriteAsync(RawFrame.OfText("cut off").ToBytes(masked: true).AsMemory(0, sent), Cancellation);

        end.Peer.Dispose();

        Assert.IsType<RpcBrokenException>(await end.Receiver.Closed);
        Assert.Empty(end.Receiver.TakeReceived());
        await end.Transport.CloseAsync(null);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(70_001, false)]
    [InlineData(70_001, true)]
    public async Task Invalid_UTF8_closes_the_connection_with_1007(int before, bool byPipe)
    {
        await using var end = ServerEnd.Start(byPipe: byPipe);

        await end.WriteAsync(new RawFrame(RawFrame.TextMessage, true, [.. Enumerable.Repeat((byte)'a', before), 0xC3, 0x28]));

        Assert.NotNull(await end.Receiver.Closed);
        Assert.Empty(end.Receiver.TakeReceived());
        Assert.Equal(1007, (await end.ReadAsync()).CloseReason.Code);
    }

    [Fact]
    public async Task Nothing_is_delivered_or_sent_after_closing()
    {
        await using var end = ServerEnd.Start();
        ValueTask closing = end.Transport.CloseAsync(null);

        await end.Transport.SendAsync("late");
        await end.WriteAsync(RawFrame.OfText("a"), RawFrame.OfText("b"));
        Assert.Equal(1000, (await end.ReadAsync()).CloseReason.Code);
        await end.WriteAsync(RawFrame.OfClose(1000, ""));
        await closing;

        Assert.Equal(0, await end.Peer.ReadAsync(new byte[1], Cancellation));
        Assert.Empty(end.Receiver.TakeReceived());
        Assert.False(end.Receiver.Closed.IsCompleted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Close_waits_at_most_the_close_timeout(bool isStuck)
    {
        var clock = new ManualTime();
        var options = new RpcWebSocketOptions
        {
            CloseTimeout = TimeSpan.FromSeconds(7),
            TimeProvider = clock,
            KeepAliveInterval = Timeout.InfiniteTimeSpan,
        };
        await using var end = ServerEnd.Start(options);
        end.Wire.IsStuck = isStuck;
        Task sending = isStuck ? end.Transport.SendAsync("x").AsTask() : Task.CompletedTask;

        Task closing = end.Transport.CloseAsync(null).AsTask();
        await clock.Waited;
        clock.Advance(TimeSpan.FromSeconds(6.9));
        Assert.False(closing.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));

        await closing.WaitAsync(Cancellation);
        Assert.True(end.Transport.Completion.IsCompletedSuccessfully);
        Assert.Equal(isStuck, !sending.IsCompletedSuccessfully);
    }
}
