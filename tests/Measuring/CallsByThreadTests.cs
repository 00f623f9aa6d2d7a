using System.Diagnostics;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Tests.Measuring;

public class CallsByThreadTests
{
    [Fact]
    public async Task Merged_histogram_has_all_threads_calls_since_the_reset()
    {
        using var recorded = new CallsByThread();
        recorded.Record(5_000);
        recorded.Reset();
        const int Threads = 4, Calls = 10_000;
        using var together = new Barrier(Threads);

        await Task.WhenAll(Enumerable.Range(1, Threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                together.SignalAndWait(TestContext.Current.CancellationToken);
                for (int call = 0; call < Calls; call++)
                {
                    recorded.Record(thread);
                }
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Equal(Threads * Calls, recorded.Count);
        Assert.Equal(Threads, recorded.MaxTicks);
        Assert.All(Enumerable.Range(1, Threads), thread => Assert.Equal(Calls, recorded.Merge().GetCountAtValue(thread)));
    }

    [Fact]
    public void Recording_allocates_nothing_per_call()
    {
        using var recorded = new CallsByThread();
        recorded.Record(1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int call = 0; call < 1_000; call++)
        {
            recorded.Record(call);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Call_above_ceiling_is_clamped_but_maximum_is_exact()
    {
        using var recorded = new CallsByThread();
        long ceiling = Histograms.CeilingTicks(Stopwatch.Frequency);

        recorded.Record(2 * ceiling);

        Assert.Equal((1, 2 * ceiling), (recorded.Count, recorded.MaxTicks));
        Assert.InRange(Histograms.ValueAt(recorded.Merge(), 1), ceiling, ceiling + (ceiling / 1000));
    }
}
