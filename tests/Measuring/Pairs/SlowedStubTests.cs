using System.Diagnostics;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Pairs;

namespace WorkerRpc.Tests.Measuring.Pairs;

public class SlowedStubTests
{
    [Theory]
    [InlineData(1, 6)]
    [InlineData(3, 2)]
    public async Task Every_nth_call_is_delayed(int every, int slowed)
    {
        const double Ns = 3_000_000;
        long calledAt = 0;
        var runtime = new StubRuntime(_ =>
        {
            calledAt = Stopwatch.GetTimestamp();
            return ValueTask.CompletedTask;
        });
        CaseSetup setup = runtime.Case();
        var stub = new SlowedStub(runtime, Ns, every);
        int late = 0;
        for (int call = 0; call < 6; call++)
        {
            long began = Stopwatch.GetTimestamp();
            await stub.ExecuteAsync(setup.Request, setup.Cancellation);
            late += calledAt - began >= Ns * Stopwatch.Frequency / 1e9 ? 1 : 0;
        }

        Assert.Equal(6, runtime.Calls);
        // On a busy machine other calls may be late too.
        Assert.InRange(late, slowed, 6);
    }
}
