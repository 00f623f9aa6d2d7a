using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Presenting.Terminal;
using WorkerRpc.Benchmarks.Presenting.Wording;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Presenting;

public class ScreenTests
{
    private static readonly CaseReport s_direct = MadeUp.Case("direct/echo/1KB", [.. Enumerable.Repeat(1_000L, 6)]);

    private static readonly string[] s_payloads = ["1KB", "10KB"];

    [Fact]
    public void A_viable_run_says_how_many_cells_of_which_method_stay_within_which_limits() => Assert.Equal(
        "Verdict: viable. All 1 cases of service-binding stay within the limits on overhead (p50 < 1.00 ms, p95 < 3.00 ms, p99 < 5.00 ms).",
        Verdict(MadeUp.Report(6, s_direct, Cell("service-binding/echo/1KB", 16_000), Cell("raw-fetch/echo/1KB", 9_000_000))));

    [Fact]
    public void A_run_that_is_viable_by_the_users_thresholds_says_so() => Assert.Contains(
        "All 2 cases of service-binding, raw-fetch stay within the limits on overhead (the given thresholds, else p50 < 1.00 ms,",
        Verdict(With(MadeUp.Report(6, s_direct, Cell("service-binding/echo/1KB", 16_000), Cell("raw-fetch/echo/1KB", 90_000)), "p50=100us")),
        StringComparison.Ordinal);

    [Fact]
    public void A_run_that_is_not_viable_names_the_cells_beyond_a_limit_and_none_other() => Assert.Equal(
        "Verdict: not viable. service-binding/echo/1KB: p50 overhead 2.00 ms – 2.00 ms is not under 1.00 ms.",
        Verdict(MadeUp.Report(6, s_direct, MadeUp.Case("direct/compute/1KB"), Cell("service-binding/echo/1KB", 2_000_000), Cell("service-binding/compute/1KB", 16_000))));

    [Fact]
    public void A_run_whose_verdict_is_not_known_names_the_cells_and_why() => Assert.Equal(
        "Verdict: not known. service-binding/echo/1KB: not measured.",
        Verdict(MadeUp.Report(6, s_direct, MadeUp.Case("service-binding/echo/1KB"))));

    [Theory]
    [InlineData(4, "service-binding/f4/1KB: not measured.")]
    [InlineData(6, "service-binding/f4/1KB: not measured; and 2 more.")]
    public void Four_cells_are_named_and_the_others_counted(int cells, string ending) => Assert.EndsWith(
        ending,
        Verdict(MadeUp.Report(6, [.. Enumerable.Range(1, cells).Select(number => MadeUp.Case($"service-binding/f{number}/1KB"))])),
        StringComparison.Ordinal);

    [Fact]
    public void A_run_without_a_cell_that_decides_has_no_verdict() => Assert.StartsWith(
        "Verdict: none.", Verdict(MadeUp.Report(6, s_direct, Cell("raw-fetch/echo/1KB", 90_000))), StringComparison.Ordinal);

    [Fact]
    public void The_screen_has_a_line_a_method_whose_cost_is_a_line_over_the_payload()
    {
        var screen = new StringWriter();

        ScreenWriter.Write(Display.Plain(screen), Screen.Of(new RunAnalysis(MadeUp.Lines), MadeUp.Next));

        Assert.Matches(@"\ncost:     service-binding 9\.\d+ µs \+ (59\d|60\d) ns a KB \(p50 of echo\)\ncost:     raw-fetch 1[34]\.\d µs \+ (9\d\.\d|10\d) ns a KB \(p50 of echo\)\n", screen.ToString());
    }

    [Fact]
    public void The_screen_shows_the_verdict_then_the_worst_function_of_each_method_and_payload_the_warnings_the_recommendation_and_the_next_command()
    {
        using var screen = new StringWriter();
        var analysis = new RunAnalysis(MadeUpRun.Report);

        ScreenWriter.Write(Display.Plain(screen), Screen.Of(analysis, MadeUp.Next));

        string[] lines = screen.ToString().TrimEnd().Split('\n');
        Assert.Equal(Printable.Of(VerdictSentence.Of(analysis.Verdict)), lines[0]);
        Assert.Equal(
            [
                "| service-binding | 1KB     | compute        ",
                "| service-binding | 100KB   | echo           ",
                "| raw-fetch       | 1KB     | echo           ",
                "| raw-fetch       | 100KB   | echo           ",
            ],
            lines.Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(line => line[..45]));
        Assert.Equal(
            [.. analysis.Warnings.Take(3).Select(warning => "warning:  " + Printable.Of(warning)), $"          and {analysis.Warnings.Count - 3} more in overhead.md"],
            lines.SkipWhile(line => !line.StartsWith("warning:", StringComparison.Ordinal)).Take(4));
        Assert.Contains(RecommendationText.Lines(analysis)[0], lines);
        Assert.StartsWith("next:     dotnet run -c Release --project benchmarks -- ", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void However_much_was_measured_twelve_rows_are_shown_the_gravest_in_the_reports_order_and_the_others_counted()
    {
        IEnumerable<CaseReport> cells =
            from number in Enumerable.Range(1, 20)
            from payload in s_payloads
            select Cell($"service-binding/f{number}/{payload}", 16_000);
        CaseReport[] slow = [.. Enumerable.Range(1, 14).Select(number => Cell($"m{number}/echo/1KB", number > 10 ? 2_000_000 : 16_000))];
        RunReport report = MadeUp.Report(6, [s_direct, .. cells, .. slow]);

        ScreenTable table = Assert.Single(Screen.Of(new RunAnalysis(report), MadeUp.Next).Tables);

        Assert.Equal(
            ["service-binding", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m11", "m12", "m13", "m14"],
            table.Rows.Select(row => row.Cells[0].Text));
        Assert.Equal(4, table.Rows.Count(row => row.Viability == Viability.NotViable));
        Assert.Equal("the worst of each method, 12 of 15; overhead.md has 42 cases more", table.More);
    }

    private static CaseReport Cell(string id, long ns) => MadeUp.Case(id, [.. Enumerable.Repeat(ns, 6)]);

    private static RunReport With(RunReport report, params string[] thresholds) => report with { Run = report.Run with { Thresholds = thresholds } };

    private static string Verdict(RunReport report) => VerdictSentence.Of(new RunAnalysis(report).Verdict);
}
