using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Presenting;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Analysis;

public class SplitTests
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

        Split split = Row(report).Split!;

        Assert.Equal((450, 2_550, 1_500), (Rounded(split.Floor), Rounded(split.Serializer!), Rounded(split.Function)));
        // 9 000 - 500 - 2 500 - 1 000 and 20 000 - 400 - 2 600 - 2 000, not the difference of the medians.
        Assert.Equal((10_000, 5_000, 15_000), (Rounded(split.Left), Near(split.Left.Low), Near(split.Left.High)));
        Assert.Contains("| service-binding | compute  | 1KB     |", Section(report), StringComparison.Ordinal);
        Assert.Contains("`service-binding`: floor `memory-copy`, serializer `json-floor`", Section(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_that_take_longer_by_themselves_than_in_the_call_leave_less_than_nothing()
    {
        RunReport report = Report(
            MadeUp.Case("direct/compute/1KB", 1_000), MadeUp.Case(Cell, 3_000), MadeUp.Case("memory-copy/-/1KB", 500), MadeUp.Case("json-floor/-/1KB", 2_500));

        Assert.Equal(-1_000, Rounded(Row(report).Split!.Left));
    }

    [Fact]
    public void What_is_left_is_not_known_without_every_part_and_says_which_is_missing()
    {
        RunReport report = Report(MadeUp.Case("direct/compute/1KB", 1_000), MadeUp.Case(Cell, 9_000), MadeUp.Case("memory-copy/-/1KB", 500));

        Split split = Row(report).Split!;

        Assert.Equal("json-floor was not measured", split.Serializer!.Withheld);
        Assert.Equal("json-floor was not measured", split.Left.Withheld);
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
        var tables = new Tables(Report(
            MadeUp.Case("direct/compute/1KB", 1_000), MadeUp.Case(Cell, 9_000), MadeUp.Case("memory-copy/-/1KB", 50_000_000), MadeUp.Case("json-floor/-/1KB", 2_500)));

        Assert.Equal([Cell], tables.OverheadRows.Select(row => row.Id.ToString()));
        Assert.Equal(Viability.Viable, tables.Verdicts.Run);
        Assert.All(tables.Rows.Where(row => row.Id.IsReference), row => Assert.Null(row.Split));
        Assert.Contains(tables.Rows, row => row.Id.IsReference);
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

    private static CaseRow Row(RunReport report) => CaseRow.All(report).Single(row => row.Id.ToString() == Cell);

    private static string Section(RunReport report)
    {
        string text = Documents.Overhead(new Tables(report));
        return text[text.IndexOf("## Where the time goes", StringComparison.Ordinal)..text.IndexOf("## Averages", StringComparison.Ordinal)];
    }

    private static double Rounded(Figure figure) => Near(figure.Value);

    // A histogram keeps three digits.
    private static double Near(double? ns) => Math.Round(ns!.Value / 50) * 50;
}
