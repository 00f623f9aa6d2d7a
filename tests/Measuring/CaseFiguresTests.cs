using HdrHistogram;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Tests.Measuring;

public class CaseFiguresTests
{
    [Theory]
    [InlineData(10_000, 150_000, 0)]
    [InlineData(10_000, 180_000, 0.01)]
    [InlineData(1_000_000, 1_800_000, 0)]
    [InlineData(1_000_000, 2_200_000, 0.01)]
    public void Slow_calls_take_150_us_more_and_twice_as_long(long usualNs, long longestNs, double share)
    {
        LongHistogram calls = Histograms.Create(frequency: 1_000_000_000);
        calls.RecordValueWithCount(usualNs, 990);
        calls.RecordValueWithCount(longestNs, 10);

        CaseFigures figures = CaseFigures.Of(
            RecordedCalls.Of(calls), new ClockFloor(1_000_000_000, StepNs: 1, ReadNs: null, RecorderNs: null), usualNs, null);

        Assert.Equal(share, figures.SlowShare);
    }
}
