using WorkerRpc.Benchmarks.Measuring.Calling;

namespace WorkerRpc.Tests.Measuring.Calling;

public class ClockStepTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(null, 0L, 0L)]
    [InlineData(5_000_000d, 5_000_000L, 5_000_000L)]
    [InlineData(1_000_000d, 0L, 3_000_000L, 2_000_000L, 2_000_000L)]
    [InlineData(10d, 500L, 140L, 150L)]
    [InlineData(1d, 500L, 499L, 10_000L)]
    public void Step_is_the_smallest_difference_of_two_results(double? expected, params long[] resultsNs)
    {
        var step = new ClockStep();

        step.Add(resultsNs);

        Assert.Equal(expected, step.Ns());
    }

    [Fact]
    public void Step_spans_results_of_different_batches()
    {
        var step = new ClockStep();

        step.Add([1_000]);
        step.Add([1_040]);

        Assert.Equal(40, step.Ns());
    }
}
