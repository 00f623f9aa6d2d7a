using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Costs;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Analysis.Costs;

public class TimeSplitTests
{
    private const string Cell = "service-binding/compute/1KB";

    [Fact]
    public void A_cells_p50_is_split_within_each_launch()
    {
        RunReport report = Report(
            MadeUp.Case("direct/compute/1KB", 1_000, 2_000),
            MadeUp.Case(Cell, 9_000, 20_000),
            MadeUp.Case("memory-copy/-/1KB", 500, 400),
            MadeUp.Case("json-floor/-/1KB", 2_500, 2_600));

        TimeSplit split = Split(report);

        Assert.Equal((450, 2_550, 1_500), (Rounded(split.Floor), Rounded(split.Serializer!), Rounded(split.Function)));
        // 9 000 - 500 - 2 500 - 1 000 and 20 000 - 400 - 2 600 - 2 000, not the difference of the medians.
        Assert.Equal((10_000, 5_000, 15_000), (Rounded(split.Rest), Near(split.Rest.Low), Near(split.Rest.High)));
        Assert.Contains("| service-binding | compute  | 1KB     |", Section(report), StringComparison.Ordinal);
        Assert.Contains("`service-binding`: floor `memory-copy`, serializer `json-floor`", Section(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_that_take_longer_by_themselves_than_in_the_call_leave_less_than_nothing()
    {
        RunReport report = Report(
            MadeUp.Case("direct/compute/1KB", 1_000), MadeUp.Case(Cell, 3_000), MadeUp.Case("memory-copy/-/1KB", 500), MadeUp.Case("json-floor/-/1KB", 2_500));

        Assert.Equal(-1_000, Rounded(Split(report).Rest));
    }

    [Fact]
    public void What_is_left_is_not_known_without_every_part_and_says_which_is_missing()
    {
        RunReport report = Report(MadeUp.Case("direct/compute/1KB", 1_000), MadeUp.Case(Cell, 9_000), MadeUp.Case("memory-copy/-/1KB", 500));

        TimeSplit split = Split(report);

        Assert.Equal("json-floor was not measured", split.Serializer!.Withheld);
        Assert.Equal("json-floor was not measured", split.Rest.Withheld);
    }

    [Fact]
    public void A_run_without_references_says_how_to_measure_them()
    {
        RunReport report = Report(MadeUp.Case("direct/compute/1KB", 1_000), MadeUp.Case(Cell, 9_000));

        Assert.Contains("`--anyCategories core reference`", Section(report), StringComparison.Ordinal);
    }

    [Fact]
    public void A_reference_has_no_overhead_and_is_in_no_verdict_and_no_split()
    {
        var analysis = new RunAnalysis(Report(
            MadeUp.Case("direct/compute/1KB", 1_000), MadeUp.Case(Cell, 9_000), MadeUp.Case("memory-copy/-/1KB", 50_000_000), MadeUp.Case("json-floor/-/1KB", 2_500)));

        Assert.Equal([Cell], analysis.Overheads.Select(row => row.Case.Id.ToString()));
        Assert.Equal(Viability.Viable, analysis.Verdict.Run);
        Assert.Contains(analysis.Cases, row => row.Id.IsReference);
    }

    private static RunReport Report(params CaseReport[] cases)
    {
        RunReport report = MadeUp.Report(cases[0].Passes.Count, cases);
        return report with
        {
            Methods =
            [
                MadeUp.Direct,
                MadeUp.ServiceBinding with { Floor = "memory-copy", Serializer = "json-floor" },
                .. cases.Select(one => one.Method).Where(method => method is "memory-copy" or "json-floor")
                    .Select(method => MadeUp.Direct with { Id = method, Tags = [BindingTags.Reference], Expected = null }),
            ],
        };
    }

    private static TimeSplit Split(RunReport report) =>
        new RunAnalysis(report).Overheads.Single(row => row.Case.Id.ToString() == Cell).Split!;

    private static string Section(RunReport report)
    {
        string text = OverheadDocument.Write(new RunAnalysis(report));
        return text[text.IndexOf("## Where the time goes", StringComparison.Ordinal)..text.IndexOf("## Averages", StringComparison.Ordinal)];
    }

    private static double Rounded(Figure figure) => Near(figure.Value);

    // A histogram keeps three digits.
    private static double Near(double? ns) => Math.Round(ns!.Value / 50) * 50;
}
