using WorkerRpc.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Transports;

/// <summary>The messages that wait while a member blocks.</summary>
public sealed class MessageDeliveryTests : IDisposable
{
    private const int BlockedLoop = 1;
    private const int NextLoop = 2;

    private readonly ManualResetEventSlim _gate = new();
    private readonly SemaphoreSlim _entered = new(0);
    private bool _isClosing;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _gate.Set();
        _gate.Dispose();
        _entered.Dispose();
    }

    [Fact]
    public async Task Empty_messages_are_limited_too()
    {
        (MessageDelivery delivery, ScriptedReceiver receiver, Task blocked) = await BlockAsync();
        using MessageDelivery disposed = delivery;

        int count = Fill(delivery);

        Assert.InRange(count, 1_000, 20_000);
        Task room = delivery.RoomAsync();
        _gate.Set();
        await room.WaitAsync(Cancellation);
        await blocked.WaitAsync(Cancellation);
        Assert.Equal(1 + count, receiver.TakeReceived().Count(text => text != ScriptedReceiver.Done));
    }

    [Fact]
    public async Task End_of_the_connection_drops_waiting_messages_while_a_member_blocks()
    {
        (MessageDelivery delivery, ScriptedReceiver receiver, Task blocked) = await BlockAsync();
        Fill(delivery);
        Task room = delivery.RoomAsync();
        Assert.False(room.IsCompleted);

        _isClosing = true;
        delivery.Dispose();

        await room.WaitAsync(Cancellation);
        // Nothing is kept any more either.
        Assert.Equal(100_000, Fill(delivery));
        _gate.Set();
        await blocked.WaitAsync(Cancellation);
        Assert.Single(receiver.TakeReceived(), text => text != ScriptedReceiver.Done);
    }

    // Delivers empty messages until there is no room, and returns their number.
    private static int Fill(MessageDelivery delivery)
    {
        int count = 0;
        while (count < 100_000 && delivery.RoomAsync().IsCompleted)
        {
            Assert.True(delivery.Deliver(default, NextLoop));
            count++;
        }

        return count;
    }

    private async Task<(MessageDelivery Delivery, ScriptedReceiver Receiver, Task Blocked)> BlockAsync()
    {
        var clock = new ManualTime();
        var receiver = new ScriptedReceiver(_ =>
        {
            _entered.Release();
            _gate.Wait(CancellationToken.None);
        });
        var delivery = new MessageDelivery(receiver, clock, () => _isClosing, _ => { });
        var blocked = Task.Run(() => delivery.Deliver(default, BlockedLoop), Cancellation);
        await _entered.WaitAsync(Cancellation);
        // After two periods of the timer, another loop reads.
        clock.Advance(TimeSpan.FromMilliseconds(250));
        clock.Advance(TimeSpan.FromMilliseconds(250));
        Assert.True(delivery.IsReading(NextLoop));
        return (delivery, receiver, blocked);
    }
}
