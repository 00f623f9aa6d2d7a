using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Measuring;

public class WarmUpTests
{
    [Fact]
    public void Flat_curve_without_compilation_is_steady() =>
        Assert.True(Judge([82_000, 79_000, 55_000, 35_000, 16_000, 16_100, 15_900, 16_000, 16_050], compiled: 0).Steady);

    [Fact]
    public void Falling_curve_is_not_steady()
    {
        (bool steady, string reason) = Judge([82_000, 79_000, 55_000, 44_000, 44_000, 33_000], compiled: 0);

        Assert.False(steady);
        Assert.Contains("fell by 40.0 %", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Flat_curve_with_compilation_is_not_steady()
    {
        (bool steady, string reason) = Judge([16_000, 16_000, 16_000, 16_000, 16_000, 16_000], compiled: 40);

        Assert.False(steady);
        Assert.Contains("40 methods were compiled", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Compilation_before_the_last_points_is_ignored()
    {
        WarmUpPoint[] curve = [.. Curve([16_000, 16_000, 16_000], compiled: 900), .. Curve([16_000, 16_000, 16_000], compiled: 1)];

        Assert.True(WarmUp.Judge(curve).Steady);
    }

    [Fact]
    public void Flat_curve_with_unknown_compilation_is_steady()
    {
        WarmUpPoint[] curve = Curve([16_000, 16_000, 16_000, 16_000], compiled: 0);

        (bool steady, string reason) = WarmUp.Judge([.. curve.Select(point => point with { CompiledMethods = null })]);

        Assert.True(steady);
        Assert.Contains("what was compiled is not known", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Steady_curve_tolerates_one_disturbed_point() =>
        Assert.True(Judge([16_000, 16_000, 16_000, 16_000, 40_000], compiled: 0).Steady);

    [Fact]
    public void Curve_below_the_clocks_step_is_steady() =>
        Assert.True(Judge([0, 0, 0, 0, 0, 0], compiled: 0).Steady);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Curve_without_earlier_points_is_too_short(int points) =>
        Assert.Equal((false, "too short to tell"), Judge([.. Enumerable.Repeat(16_000.0, points)], compiled: 0));

    private static (bool Steady, string Reason) Judge(double[] p50Ns, int compiled) => WarmUp.Judge(Curve(p50Ns, compiled));

    private static WarmUpPoint[] Curve(double[] p50Ns, int compiled) =>
        [.. p50Ns.Select((ns, index) => new WarmUpPoint(0.5 * (index + 1), ns, compiled))];
}
