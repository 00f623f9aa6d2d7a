using WorkerRpc.Benchmarks.Analysis.Figures;

namespace WorkerRpc.Tests.Analysis.Figures;

public class FigureTests
{
    [Theory]
    [InlineData(new double[] { 7 }, 7)]
    [InlineData(new double[] { 9, 7 }, 8)]
    [InlineData(new double[] { 5, 1, 3, 2, 4 }, 3)]
    [InlineData(new double[] { 6, 1, 5, 2, 4, 3 }, 3.5)]
    [InlineData(new double[] { 11, 1, 10, 2, 9, 3, 8, 4, 7, 5, 6 }, 6)]
    public void Value_is_median_of_launches(double[] launches, double median) =>
        Assert.Equal(median, Figure.Of(launches).Value);

    [Theory]
    [InlineData(new double[] { 9, 7 }, 7, 9)]
    [InlineData(new double[] { -3, 1, 3, 2, 4 }, -3, 4)]
    [InlineData(new double[] { 11, 1, 10, 2, 9, 3, 8, 4, 7, 5, 6 }, 1, 11)]
    public void Interval_is_range_of_launches(double[] launches, double low, double high)
    {
        var figure = Figure.Of(launches);

        Assert.Equal((low, high), (figure.Low, figure.High));
        Assert.Equal(launches.Length, figure.Launches);
    }

    [Fact]
    public void One_launch_has_no_interval()
    {
        var figure = Figure.Of([7]);

        Assert.Null(figure.Low);
        Assert.Null(figure.High);
    }

    [Theory]
    [InlineData("p50", new double[] { 6 }, 6 / 1.46, 6 * 1.46)]
    [InlineData("p95", new double[] { 6 }, 6 / 1.59, 6 * 1.59)]
    [InlineData("p99", new double[] { 6 }, 6 / 1.99, 6 * 1.99)]
    [InlineData("p90", new double[] { 6 }, 6 / 1.59, 6 * 1.59)]
    [InlineData("p999", new double[] { 6 }, 6 / 1.99, 6 * 1.99)]
    [InlineData("p50", new double[] { -6 }, -6 * 1.46, -6 / 1.46)]
    [InlineData("p50", new double[] { 6, 12 }, 6 / 1.18, 12 * 1.18)]
    [InlineData("p50", new double[] { -6, 12 }, -6 * 1.18, 12 * 1.18)]
    [InlineData("p50", new double[] { -12, -6 }, -12 * 1.18, -6 / 1.18)]
    [InlineData("p99", new double[] { 6, 7, 8, 9, 10, 12 }, 6 / 1.03, 12 * 1.03)]
    [InlineData("p99", new double[] { 6, 7, 8, 9, 10, 11, 12 }, 6 / 1.03, 12 * 1.03)]
    public void Judged_interval_is_widened_by_the_factor_of_quantile_and_launches(
        string quantile, double[] launches, double low, double high)
    {
        Figure figure = Figure.Of(launches, new Widening(Quantile.All.Single(one => one.Name == quantile), MachineDrift.None));

        Assert.Equal(low, figure.Judged()!.Value.Low, 9);
        Assert.Equal(high, figure.Judged()!.Value.High, 9);
        Assert.Equal(launches.Max(), figure.High ?? figure.Value);
    }

    [Fact]
    public void Drift_of_the_machine_widens_each_end_by_its_own_factor()
    {
        var widening = new Widening(Quantile.P99, new MachineDrift(Low: 1.1, High: 1.5));

        (double low, double high) = Figure.Of([6], widening).Judged()!.Value;
        Assert.Equal(6 / 1.99 / 1.1, low, 9);
        Assert.Equal(6 * 1.99 * 1.5, high, 9);
        (low, high) = Figure.Of([-6], widening).Judged()!.Value;
        Assert.Equal(-6 * 1.99 * 1.5, low, 9);
        Assert.Equal(-6 / 1.99 / 1.1, high, 9);
    }

    [Fact]
    public void Unknown_figure_has_reason_and_no_interval()
    {
        var unknown = Figure.Unknown("needs 1000 calls");

        Assert.Null(unknown.Value);
        Assert.Equal("needs 1000 calls", unknown.Withheld);
        Assert.Null(unknown.Judged());
    }

    [Theory]
    [InlineData(2, 0.03)]
    [InlineData(2, 0.12)]
    [InlineData(6, 0.03)]
    [InlineData(6, 0.12)]
    [InlineData(11, 0.03)]
    [InlineData(11, 0.12)]
    public void Range_of_independent_launches_contains_their_median_at_the_rate_of_the_formula(int launches, double deviation)
    {
        const int Runs = 1_000;
        const double TrueMedian = 16_000;
        var random = new Random(20_260_101);
        int held = 0;
        for (int run = 0; run < Runs; run++)
        {
            var figure = Figure.Of(Enumerable.Range(0, launches).Select(_ => TrueMedian * Math.Exp(deviation * Normal(random))));
            held += figure.Low <= TrueMedian && TrueMedian <= figure.High ? 1 : 0;
        }

        // All launches lie on one side of the median with probability 2 × 2^-L.
        double stated = 1 - Math.Pow(2, 1 - launches);
        // Four standard errors of the share; at least 5 runs, since at 11 launches four standard errors are only about 4 runs.
        double tolerated = Math.Max(4 * Math.Sqrt(stated * (1 - stated) / Runs), 5.0 / Runs);
        Assert.InRange(held / (double)Runs, stated - tolerated, stated + tolerated);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
