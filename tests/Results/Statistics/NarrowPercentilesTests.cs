using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Tests.Results.Statistics;

public class NarrowPercentilesTests
{
    private const int Calls = 10_000;

    private readonly NarrowPercentiles _narrow = new(Calls);

    [Theory]
    [InlineData(999, false)]
    [InlineData(1_000, true)]
    [InlineData(Calls, true)]
    public void Steady_calls_are_enough_from_1000_on(int calls, bool isEnough) =>
        Assert.Equal(isEnough, AreNarrow(call => 1_000 + (call * 7_919 % 100), calls));

    // In the order p50, p95, p99: the calls above the percentile are slower by the limit, and by a little more.
    [Theory]
    [InlineData(50, 1_100, true)]
    [InlineData(50, 1_101, false)]
    [InlineData(5, 1_100, true)]
    [InlineData(5, 1_101, false)]
    [InlineData(1, 1_300, true)]
    [InlineData(1, 1_301, false)]
    public void Interval_is_narrow_up_to_its_limit(int slowPercent, long slow, bool isNarrow) =>
        Assert.Equal(isNarrow, AreNarrow(call => call % 100 < slowPercent ? slow : 1_000));

    [Fact]
    public void Percentile_far_from_two_modes_is_narrow() => Assert.True(AreNarrow(call => call % 100 < 20 ? 3_000 : 1_000));

    [Fact]
    public void Percentile_between_two_modes_is_not_narrow() => Assert.False(AreNarrow(call => call % 2 == 0 ? 3_000 : 1_000));

    // In both streams, the intervals of all calls are narrow.
    [Fact]
    public void Change_during_the_pass_is_not_narrow() => Assert.False(AreNarrow(call => call < Calls * 6 / 10 ? 1_000 : 1_150));

    [Fact]
    public void Tail_in_one_half_is_not_narrow() => Assert.False(AreNarrow(call => call >= Calls / 2 && call % 100 < 3 ? 3_000 : 1_000));

    private bool AreNarrow(Func<int, long> elapsed, int calls = Calls) =>
        _narrow.AreNarrow(Enumerable.Range(0, calls).Select(elapsed).ToArray());
}
