using System.Diagnostics;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Pairs;

namespace WorkerRpc.Tests.Measuring.Pairs;

public class SlowedStubTests
{
    [Theory]
    [InlineData(1, 6)]
    [InlineData(3, 2)]
    public async Task One_call_in_so_many_spins_ahead_and_every_call_is_made(int every, int slowed)
    {
        const double Ns = 3_000_000;
        long reached = 0;
        var runtime = new StubRuntime(_ =>
        {
            reached = Stopwatch.GetTimestamp();
            return ValueTask.CompletedTask;
        });
        CaseSetup setup = runtime.Case();
        var stub = new SlowedStub(runtime, Ns, every);
        int late = 0;
        for (int call = 0; call < 6; call++)
        {
            long began = Stopwatch.GetTimestamp();
            await stub.ExecuteAsync(setup.Request, setup.Cancellation);
            late += reached - began >= Ns * Stopwatch.Frequency / 1e9 ? 1 : 0;
        }

        Assert.Equal(6, runtime.Calls);
        // A spin ends no sooner than it should; on a busy machine another call may be late too.
        Assert.InRange(late, slowed, 6);
    }
}
