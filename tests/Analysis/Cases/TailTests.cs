using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Terminal;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Analysis.Cases;

/// <summary>A p99 is shown with the range of its launches, and with the p99 of all calls.</summary>
public class TailTests
{
    private const string Id = "service-binding/echo/1KB";

    [Fact]
    public void Merged_p99_is_that_of_all_calls_when_one_launch_is_slow()
    {
        // 3 % of one launch's calls are 1 % of all calls: they are above the p99 of all calls, but not above the launches' median.
        CaseSummary one = Summary(
            MadeUp.Case(Id, [Calls((1_000, 1_000)), Calls((1_000, 1_000)), Calls((1_000, 969), (50_000, 31))]));

        Assert.Equal(1_000, one.Latency[Quantile.P99].Value!.Value, 1);
        Assert.InRange(one.MergedNs(Quantile.P99)!.Value, 50_000, 50_050);
        Assert.Equal(1_000, one.MergedNs(Quantile.P50)!.Value, 1);
    }

    [Fact]
    public void Merged_p99_needs_enough_calls_of_all_launches_together()
    {
        CaseSummary enough = Summary(MadeUp.Case(Id, [Calls((1_000, 500)), Calls((1_000, 500))]));
        CaseSummary tooFew = Summary(MadeUp.Case(Id, [Calls((1_000, 500)), Calls((1_000, 499))]));

        Assert.Null(enough.Latency[Quantile.P99].Value);
        Assert.NotNull(enough.MergedNs(Quantile.P99));
        Assert.Null(tooFew.MergedNs(Quantile.P99));
    }

    [Fact]
    public void Merged_quantile_below_the_clocks_floor_is_unknown() =>
        Assert.Null(Summary(MadeUp.Case(Id, 20, 20)).MergedNs(Quantile.P99));

    [Theory]
    [InlineData(2_000, false)]
    [InlineData(2_010, true)]
    public void Note_and_warning_name_a_p99_whose_launches_differ_by_more_than_2_times(long slowestNs, bool isNoted)
    {
        RunReport report = MadeUp.Report(
            2,
            MadeUp.Case("direct/echo/1KB", 500, 500),
            MadeUp.Case(Id, [MadeUp.Pass(500, 600, 1_000, 9_000), MadeUp.Pass(500, 600, slowestNs, 9_000)]));
        var analysis = new RunAnalysis(report);

        Assert.Equal(isNoted, analysis.Cases[1].Notes.Any(note =>
            note.StartsWith("p99 of the launches differs by 2.0", StringComparison.Ordinal)));
        Assert.Equal(isNoted, analysis.Warnings.Any(warning =>
            warning.StartsWith($"p99 of the launches differs by more than 2 ×: {Id}", StringComparison.Ordinal)));
    }

    [Fact]
    public void Average_of_overheads_has_the_range_of_the_launches()
    {
        RunReport report = MadeUp.Report(
            3,
            MadeUp.Case("direct/echo/1KB", 1_000, 1_000, 1_000),
            MadeUp.Case("direct/echo/100KB", 1_000, 1_000, 1_000),
            MadeUp.Case(Id, 2_000, 3_000, 4_000),
            MadeUp.Case("service-binding/echo/100KB", 4_000, 5_000, 7_000));

        Figure mean = new RunAnalysis(report).Averages.First(average => average.Over == "all cases").Mean(Quantile.P99);

        // The means of the launches are 2 000, 3 000 and 4 500 ns.
        Assert.Equal((3_000, 2_000, 4_500), (Rounded(mean.Value), Rounded(mean.Low), Rounded(mean.High)));
    }

    [Theory]
    [InlineData(300)]
    [InlineData(80)]
    public void Screen_shows_the_range_of_the_p99_at_every_width(int width)
    {
        RunReport report = MadeUp.Report(
            2,
            MadeUp.Case("direct/echo/1KB", 50, 50),
            MadeUp.Case(Id, [MadeUp.Pass(10_000, 20_000, 40_000, 90_000), MadeUp.Pass(11_000, 20_000, 60_000, 90_000)]));
        using var text = new StringWriter { NewLine = "\n" };

        ScreenWriter.Write(
            new Display(text, IsTerminal: true, HasColours: false, IsBuildServer: false, () => width),
            Screen.Of(new RunAnalysis(report), MadeUp.Next));

        Assert.Contains("50.0 µs [40.0 – 60.0]", text.ToString(), StringComparison.Ordinal);
    }

    private static double Rounded(double? ns) => Math.Round(ns!.Value / 100) * 100;

    private static PassReport Calls(params (long Ns, int Count)[] calls) => MadeUp.Pass(calls);

    private static CaseSummary Summary(CaseReport one) =>
        CaseSummary.All(MadeUp.Report(one.Passes.Count, MadeUp.Flat("direct/echo/1KB", 500) with { Passes = [] }, one))[1];
}
