using System.Net.Sockets;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Sessions;

namespace WorkerRpc.Tests.CapnWeb.Hostile;

/// <summary>A client on a real socket that reads late.</summary>
public sealed class SlowSocketTests
{
    private const int Results = 200;
    private const int Length = 1_000_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_hundred_results_of_1_MB_arrive_although_the_client_reads_late()
    {
        await using HostileServer server = await HostileServer.StartAsync();
        await using NetworkStream socket = await server.OpenAsync();
        RpcSession session = await server.Session;
        string call = $"[\"push\",[\"pipeline\",0,[\"big\"],[{Length}]]]";

        await socket.WriteAsync(
            HostileServer.FramesOf(Enumerable.Range(1, Results).SelectMany(id => new[] { call, $"[\"pull\",{id}]" })), Cancellation);
        // The client reads nothing, and the server still reads everything.
        await TestCalls.WaitForAsync(() => session.Statistics.MessagesReceived == 2 * Results);
        await TestCalls.WaitForAsync(() => session.Statistics.UnsentBytes > RpcLimits.Default.MaxUnsentBytes / 2);
        Assert.NotEqual(0, session.Statistics.CallsInFlight);

        var ids = new HashSet<string>();
        long mostUnsent = 0;
        long most = 0;
        for (int i = 0; i < Results; i++)
        {
            RpcStatistics statistics = session.Statistics;
            mostUnsent = Math.Max(mostUnsent, statistics.UnsentBytes);
            most = Math.Max(most, statistics.UnsentBytes + statistics.HeldBytes);
            string answer = await HostileServer.ReadAsync(socket);
            string id = answer.Split(',', 3)[1];
            Assert.Equal($"[\"resolve\",{id},\"".Length + Length + "\"]".Length, answer.Length);
            Assert.True(ids.Add(id));
            await socket.WriteAsync(HostileServer.FramesOf([$"[\"release\",{id},1]"]), Cancellation);
        }

        Assert.InRange(mostUnsent, Length, RpcLimits.Default.MaxUnsentBytes);
        Assert.InRange(most, Length, RpcLimits.Default.MaxUnsentBytes + RpcLimits.Default.MaxHeldBytes);
        await TestCalls.WaitForAsync(() => session.Statistics is { CallsInFlight: 0, Exports: 1, HeldBytes: 0, UnsentBytes: 0 });
        Assert.Null(session.Error);
    }
}
