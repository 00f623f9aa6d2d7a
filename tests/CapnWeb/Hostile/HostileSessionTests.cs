using System.Text;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Sessions;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Hostile;

/// <summary>Hostile inputs against one session, without a network.</summary>
public sealed class HostileSessionTests
{
    // One connection holds at most this much.
    private const long MaxBytes = 64 << 20;

    // The most that an input may allocate in all. The time of an input is mostly the time of its allocations.
    private const long MaxAllocated = 2L << 30;

    public static TheoryData<string> Names => [.. HostileInputs.All.Select(input => input.Name)];

    [Theory, MemberData(nameof(Names))]
    public async Task Hostile_input_ends_as_documented(string name)
    {
        HostileInput input = HostileInputs.All.Single(each => each.Name == name);
        var transport = new ScriptedTransport();
        await using var session = new RpcSession(
            transport, new HostileTarget(), HostileTarget.Contract, new RpcSessionOptions { TimeProvider = new ManualTime() });
        byte[][] messages = [.. input.Messages.Select(Encoding.UTF8.GetBytes)];

        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (byte[] message in messages)
        {
            transport.Receive(message);
            Assert.True(session.Statistics.HeldBytes + session.Statistics.UnsentBytes <= MaxBytes, name);
        }

        transport.ReceiveDone();
        // Compared before the first await: the counter is per thread, and an await may switch threads.
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MaxAllocated, name);
        await session.FlushAsync();
        await TestCalls.WaitForAsync(() => transport.Sent.Any(text => text.StartsWith(input.Expected, StringComparison.Ordinal)));

        Assert.DoesNotContain(transport.Sent, text => text.Contains("secret", StringComparison.Ordinal));
        if (session.Error is null)
        {
            transport.Deliver("[\"push\",[\"pipeline\",0,[\"square\"],[5]]]", $"[\"pull\",{PushesOf(input) + 1}]");
            await TestCalls.WaitForAsync(() => transport.Sent.Contains($"[\"resolve\",{PushesOf(input) + 1},25]") || IsFull(session));
        }

        Assert.Equal(input.EndsSession || name == "S13-abort", session.Error is not null);
    }

    [Fact]
    public async Task Kept_result_counts_the_whole_array_that_it_takes()
    {
        const int Length = 8193;
        const int ArrayLength = 16_384;
        var transport = new ScriptedTransport();
        await using var session = new RpcSession(transport, new HostileTarget(), HostileTarget.Contract);
        long before = session.Statistics.HeldBytes;

        // The second call takes the buffer that the first result was written to.
        transport.Deliver($"[\"push\",[\"pipeline\",0,[\"big\"],[{Length}]]]");
        transport.Deliver("[\"push\",[\"pipeline\",0,[\"square\"],[3]]]");

        Assert.InRange(session.Statistics.HeldBytes - before, ArrayLength, 2 * ArrayLength);
        transport.Deliver("[\"release\",1,1]", "[\"release\",2,1]");
        Assert.Equal(before, session.Statistics.HeldBytes);
    }

    // Calls that never end take all places, so that a further call waits.
    private static bool IsFull(RpcSession session) => session.Statistics.CallsInFlight >= RpcLimits.Default.MaxRunningCalls;

    private static int PushesOf(HostileInput input) =>
        input.Messages.Count(message => message.StartsWith("[\"push\"", StringComparison.Ordinal));
}
