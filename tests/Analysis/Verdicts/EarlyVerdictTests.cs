using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Analysis.Verdicts;

public class EarlyVerdictTests
{
    private const string Case = "service-binding/echo/1KB";
    private const double LimitNs = 1e6;

    public static TheoryData<string, int> LimitedQuantiles =>
        [.. from quantile in Quantile.Limited from launches in new[] { 1, 2 } select (quantile.Name, launches)];

    // The factor of the quantile p50 is 1.5 × 1.84 = 2.76 after one launch, and 1.5 × 1.74 = 2.61 after two.
    [Theory]
    [InlineData(null, new double[] { 312_319 })]
    [InlineData("Viable", new double[] { 312_318 })]
    [InlineData("Viable", new double[] { -40 })]
    [InlineData(null, new double[] { 2_897_999 })]
    [InlineData("NotViable", new double[] { 2_898_001 })]
    [InlineData(null, new double[] { 333_142, 24_000 })]
    [InlineData("Viable", new double[] { 333_141, 24_000 })]
    [InlineData(null, new double[] { 2_740_499, 9_000_000 })]
    [InlineData("NotViable", new double[] { 2_740_501, 9_000_000 })]
    [InlineData(null, new double[] { 24_000, 24_000, 24_000 })]
    public void Figure_is_certain_beyond_its_margin(string? viability, double[] nsByLaunch) =>
        Assert.Equal(viability, EarlyVerdict.Of(new Limit(Quantile.P50, "overhead", Figure.Of(nsByLaunch), LimitNs))?.ToString());

    [Fact]
    public void Unknown_figure_is_never_certain()
    {
        Assert.Null(EarlyVerdict.Of(new Limit(Quantile.P50, "overhead", Figure.Unknown("needs 1000 calls"), LimitNs)));
        Assert.Null(EarlyVerdict.Of(new Limit(Quantile.P999, "overhead", Figure.Of([24_000]), LimitNs)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_is_certain_when_every_deciding_figure_is(int launches)
    {
        Assert.True(IsCertain(Run(launches, 24_000)));
        Assert.True(IsCertain(Run(launches, 40_000_000)));
        Assert.False(IsCertain(Run(launches, 900_000)));
    }

    [Theory]
    [MemberData(nameof(LimitedQuantiles))]
    public void Run_is_not_certain_near_any_limit(string quantile, int launches)
    {
        RunReport run = Run(launches, 24_000);

        Assert.False(IsCertain(run with { Run = run.Run with { Thresholds = [$"{quantile}=40us"] } }));
        Assert.False(IsCertain(run with { Run = run.Run with { Thresholds = [$"raw-fetch/*:{quantile}=40us"] } }));
    }

    [Fact]
    public void Run_is_not_certain_without_all_figures()
    {
        RunReport run = Run(1, 24_000);
        Assert.True(IsCertain(run));

        Assert.False(IsCertain(run with { Run = run.Run with { Launches = 1 } }));
        Assert.False(IsCertain(run with { Launches = [.. run.Launches.Select(one => one with { Outcome = LaunchOutcome.Failed })] }));
        Assert.False(IsCertain(run with
        {
            Cases = [.. run.Cases.Select(one => one.Method == "raw-fetch" ? one with { Failures = [new(1, "no answer")] } : one)],
        }));
        WarmUpReport[] cold = [.. run.Launches[0].WarmUps.Select(warmUp => warmUp with { Steady = false })];
        Assert.False(IsCertain(run with { Launches = [run.Launches[0] with { WarmUps = cold }] }));
        Assert.False(IsCertain(run with { Cases = [.. run.Cases.Where(one => one.Method == "direct")] }));
        // A p99 needs 1000 calls.
        Assert.False(IsCertain(run with { Cases = [run.Cases[0], MadeUp.Case(Case, [MadeUp.Pass((24_000, 999))])] }));
    }

    private static bool IsCertain(RunReport report) => EarlyVerdict.IsCertain(report, new RunAnalysis(report).Verdict);

    private static RunReport Run(int launches, long ns)
    {
        RunReport report = MadeUp.Report(
            launches,
            MadeUp.Case("direct/echo/1KB", [.. Enumerable.Repeat(140L, launches)]),
            MadeUp.Case(Case, [.. Enumerable.Repeat(ns, launches)]),
            MadeUp.Case("raw-fetch/echo/1KB", [.. Enumerable.Repeat(ns, launches)]));
        return report with { Run = report.Run with { Launches = 6 } };
    }
}
