using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Columns;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Analysis.Verdicts;

public class RunVerdictTests
{
    private const string Delegating = "service-binding/echo/1KB";

    [Fact]
    public void A_cell_whose_overheads_stay_under_every_limit_is_viable()
    {
        CaseVerdict cell = Judge(Six(MadeUp.Pass(p50Ns: 900_000, p95Ns: 2_900_000, p99Ns: 4_900_000, maxNs: 50_000_000)));

        Assert.Equal((Viability.Viable, ""), (cell.Viability, cell.Reason));
    }

    [Theory]
    [InlineData(1_100_000, 2_000_000, 4_000_000, "p50")]
    [InlineData(500_000, 3_100_000, 4_000_000, "p95")]
    [InlineData(500_000, 2_000_000, 5_100_000, "p99")]
    public void A_cell_with_one_quantile_beyond_its_limit_is_not_viable_and_names_it(long p50Ns, long p95Ns, long p99Ns, string quantile)
    {
        CaseVerdict cell = Judge(Six(MadeUp.Pass(p50Ns, p95Ns, p99Ns, maxNs: 50_000_000)));

        Assert.Equal(Viability.NotViable, cell.Viability);
        Assert.StartsWith(quantile + " overhead ", cell.Reason, StringComparison.Ordinal);
        Assert.Contains("is not under", cell.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_whose_range_straddles_a_limit_is_not_known()
    {
        CaseVerdict cell = Judge(MadeUp.Case(Delegating, 900_000, 950_000, 960_000, 970_000, 980_000, 1_200_000));

        Assert.Equal(Viability.NotKnown, cell.Viability);
        Assert.Contains("p50 overhead 899 µs – 1.20 ms straddles 1.00 ms", cell.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_beyond_one_limit_is_not_viable_even_where_it_straddles_another()
    {
        CaseVerdict cell = Judge(Six(MadeUp.Pass(2_000_000, 2_500_000, 4_000_000, 5_000_000), MadeUp.Pass(2_000_000, 3_500_000, 4_000_000, 5_000_000)));

        Assert.Equal(Viability.NotViable, cell.Viability);
        Assert.Contains("p95 overhead 2.50 ms – 3.50 ms straddles 3.00 ms", cell.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_099, "viable")]
    [InlineData(1_100, "not viable")]
    public void An_overhead_has_to_be_under_its_limit_not_at_it(long ns, string verdict)
    {
        // 100 ns of direct, and values that a histogram keeps exactly.
        RunReport report = Report([.. Enumerable.Repeat(100L, 6)], MadeUp.Case(Delegating, [.. Enumerable.Repeat(ns, 6)]), "p50=1us");

        Assert.Equal(verdict, CaseVerdict.Words(Cell(report).Viability));
    }

    [Fact]
    public void A_cell_with_too_few_calls_for_a_quantile_is_not_known_and_says_how_many_it_needs()
    {
        CaseVerdict cell = Judge(MadeUp.Case(Delegating, Enumerable.Repeat(MadeUp.Pass((500_000, 999)), 6)));

        Assert.Equal((Viability.NotKnown, "p99 needs 1000 calls; launch 1 has 999"), (cell.Viability, cell.Reason));
    }

    [Fact]
    public void A_cell_with_too_few_calls_for_p99_is_not_viable_all_the_same_where_its_p50_is_beyond_the_limit() =>
        Assert.Equal(Viability.NotViable, Judge(MadeUp.Case(Delegating, Enumerable.Repeat(MadeUp.Pass((5_000_000, 999)), 6))).Viability);

    [Theory]
    [InlineData(10_000)]
    [InlineData(9_000_000)]
    public void A_cell_whose_warm_up_was_not_steady_in_some_launch_is_not_known_however_fast_or_slow_it_is(long ns)
    {
        RunReport report = Report(SixDirect(), MadeUp.Case(Delegating, [.. Enumerable.Repeat(ns, 6)]));
        report = report with
        {
            Launches = [.. report.Launches.Select(launch => launch.Number != 4 ? launch : launch with
            {
                WarmUps = [launch.WarmUps[0], launch.WarmUps[1] with { Steady = false, Reason = "p50 fell by 30 %" }],
            })],
        };

        CaseVerdict cell = Cell(report);

        Assert.Equal((Viability.NotKnown, "not warm in launch 4: p50 fell by 30 %"), (cell.Viability, cell.Reason));
    }

    [Theory]
    [InlineData(3, 12, 0.89, "viable")]
    [InlineData(4, 12, 0.89, "not known")]
    [InlineData(4, 12, 0.91, "viable")]
    [InlineData(4, 0, 0.89, "viable")]
    public void A_cell_that_became_faster_while_code_was_compiled_in_most_launches_is_not_warm(int launches, int compiled, double lastToFirst, string verdict)
    {
        PassReport pass = MadeUp.Pass((100_000, MadeUp.Calls));
        PassReport drifted = pass.Compiling(compiled) with { LastThirdP50Ns = pass.FirstThirdP50Ns * lastToFirst };

        CaseVerdict cell = Judge(MadeUp.Case(Delegating, Enumerable.Repeat(drifted, launches).Concat(Enumerable.Repeat(pass, 6 - launches))));

        Assert.Equal(verdict, CaseVerdict.Words(cell.Viability));
    }

    [Theory]
    [InlineData(0.89, false)]
    [InlineData(0.91, true)]
    public void Where_nobody_knows_what_was_compiled_a_drift_alone_is_not_warm_and_that_is_said(double lastToFirst, bool isWarm)
    {
        PassReport pass = MadeUp.Pass((100_000, MadeUp.Calls));
        RunReport report = MadeUp.OfCaller(Report([1_000], MadeUp.Case(Delegating, [pass with { LastThirdP50Ns = pass.FirstThirdP50Ns * lastToFirst }])));

        CaseVerdict cell = Cell(report);

        Assert.Equal(isWarm, cell.Case.Warmth.IsWarm);
        Assert.Equal(!isWarm, cell.Reason.Contains("what was compiled meanwhile is not known", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(26, null)]
    [InlineData(48, null)]
    [InlineData(49, 25d)]
    public void An_overhead_below_the_clocks_floor_is_not_printed_and_yet_decides_a_limit_beyond_the_floor(long ns, double? printed)
    {
        RunReport report = Report([.. Enumerable.Repeat(24L, 6)], MadeUp.Case(Delegating, [.. Enumerable.Repeat(ns, 6)]));

        Assert.Equal(printed, Cell(report).Case.Overhead!.P50.Value);
        Assert.Equal(Viability.Viable, Cell(report).Viability);
        Assert.Equal(printed is null ? Viability.NotKnown : Viability.NotViable, Cell(With(report, "p50=20ns")).Viability);
    }

    [Fact]
    public void A_cell_that_failed_in_one_launch_is_not_known_and_says_why()
    {
        CaseVerdict cell = Judge(MadeUp.Case(Delegating, [.. Enumerable.Repeat(10_000L, 6)]) with { Failures = [new CaseFailure(3, "went away")] });

        Assert.Equal((Viability.NotKnown, "failed in launch 3: went away"), (cell.Viability, cell.Reason));
    }

    [Fact]
    public void A_cell_that_nothing_was_measured_of_is_not_known() =>
        Assert.Equal((Viability.NotKnown, "not measured"), (Judge(MadeUp.Case(Delegating)) is var cell ? (cell.Viability, cell.Reason) : default));

    [Fact]
    public void A_cell_without_direct_in_the_same_launch_is_not_known()
    {
        CaseReport direct = MadeUp.Case("direct/echo/1KB", 1_000, 1_000, 1_000);
        CaseReport delegating = MadeUp.Case(Delegating, 10_000, 10_000, 10_000);
        delegating = delegating with { Passes = [.. delegating.Passes.Select(pass => pass with { Launch = pass.Launch + 3 })] };

        CaseVerdict cell = Cell(MadeUp.Report(6, direct, delegating));

        Assert.Equal(Viability.NotKnown, cell.Viability);
        Assert.Contains("no launch measured direct too", cell.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 650_000, "viable")]
    [InlineData(1, 700_000, "not known")]
    [InlineData(1, 1_400_000, "not known")]
    [InlineData(1, 1_600_000, "not viable")]
    [InlineData(2, 700_000, "not known")]
    [InlineData(5, 1_400_000, "not known")]
    [InlineData(6, 700_000, "viable")]
    [InlineData(6, 1_400_000, "not viable")]
    public void Fewer_than_six_launches_are_judged_by_their_range_widened_by_half(int launches, long ns, string verdict)
    {
        RunReport report = Report([.. Enumerable.Repeat(100L, launches)], MadeUp.Case(Delegating, [.. Enumerable.Repeat(ns, launches)]));

        Assert.Equal(verdict, CaseVerdict.Words(Cell(report).Viability));
    }

    [Fact]
    public void An_overhead_below_zero_is_shown_as_it_is_and_is_viable()
    {
        RunReport report = Report([2_000, 2_000, 2_000, 2_000, 2_000, 1_900], MadeUp.Case(Delegating, [.. Enumerable.Repeat(1_500L, 6)]));
        var analysis = new RunAnalysis(report);

        Assert.Equal(Viability.Viable, Cell(report).Viability);
        Figure overhead = analysis.Cases[1].Overhead!.P50;
        Assert.Equal((-500, -500, -400), (overhead.Value, overhead.Low, overhead.High));
        Assert.Contains("\r\nservice-binding,echo,1KB,-500,-500,-500,", CsvWriter.Write(OverheadColumns.All, analysis.Overheads), StringComparison.Ordinal);
        Assert.Contains("| -500 ns [-500 – -400] |", OverheadDocument.Write(analysis), StringComparison.Ordinal);
    }

    [Fact]
    public void Differences_are_taken_within_a_launch_so_that_what_differs_between_launches_cancels()
    {
        // Each launch is twice as slow as the one before; delegation always costs the same.
        long[] direct = [50, 100, 200, 400, 800, 1_600];
        RunReport report = Report(direct, MadeUp.Case(Delegating, [.. direct.Select(ns => ns + 300)]));

        Figure overhead = new RunAnalysis(report).Cases[1].Overhead!.P50;

        Assert.Equal((300, 300, 300), (overhead.Value, overhead.Low, overhead.High));
    }

    [Fact]
    public void A_quantile_below_the_clocks_floor_is_never_printed_as_if_it_were_known()
    {
        RunReport report = Report([.. Enumerable.Repeat(24L, 6)], MadeUp.Case(Delegating, [.. Enumerable.Repeat(26L, 6)]));
        IReadOnlyList<CaseSummary> rows = new RunAnalysis(report).Cases;

        Assert.Equal("< 25.0 ns, the clock's floor", rows[0].P50.Withheld);
        Assert.Equal(26, rows[1].P50.Value);
        // A ratio to something unknown is unknown.
        Assert.Null(rows[1].Overhead!.Ratio.Value);
    }

    [Fact]
    public void The_runs_verdict_comes_from_the_methods_that_are_tagged_for_it_and_from_the_users_thresholds_alone()
    {
        CaseReport direct = MadeUp.Case("direct/echo/1KB", SixDirect());
        CaseReport good = MadeUp.Case(Delegating, [.. Enumerable.Repeat(10_000L, 6)]);
        CaseReport bad = MadeUp.Case("raw-fetch/echo/1KB", [.. Enumerable.Repeat(2_000_000L, 6)]);

        Assert.Equal(Viability.Viable, Verdict(MadeUp.Report(6, direct, good, bad)));
        Assert.Equal(Viability.NotViable, Verdict(With(MadeUp.Report(6, direct, good, bad), "raw-fetch/*:p99=5ms")));
        Assert.Equal(Viability.Viable, Verdict(With(MadeUp.Report(6, direct, good, bad), "raw-fetch/*:p50=5ms")));
        Assert.Equal(Viability.NotViable, Verdict(With(MadeUp.Report(6, direct, good, bad), "service-binding/*:p50=5us")));
        Assert.Null(Verdict(MadeUp.Report(6, direct, bad)));
    }

    [Fact]
    public void The_gravest_deciding_cell_is_the_runs_verdict()
    {
        CaseReport direct = MadeUp.Case("direct/echo/1KB", SixDirect());
        CaseReport unknown = MadeUp.Case("service-binding/echo/10KB", [.. Enumerable.Repeat(10_000L, 6)]);
        CaseReport good = MadeUp.Case(Delegating, [.. Enumerable.Repeat(10_000L, 6)]);
        CaseReport bad = MadeUp.Case(Delegating, [.. Enumerable.Repeat(2_000_000L, 6)]);

        Assert.Equal(Viability.NotKnown, Verdict(MadeUp.Report(6, direct, good, unknown)));
        Assert.Equal(Viability.NotViable, Verdict(MadeUp.Report(6, direct, bad, unknown)));
    }

    private static long[] SixDirect() => [.. Enumerable.Repeat(1_000L, 6)];

    private static CaseReport Six(params PassReport[] passes) =>
        MadeUp.Case(Delegating, Enumerable.Range(0, 6).Select(launch => passes[launch % passes.Length]));

    private static RunReport Report(long[] directNs, CaseReport delegating, params string[] thresholds) =>
        With(MadeUp.Report(directNs.Length, MadeUp.Case("direct/echo/1KB", directNs), delegating), thresholds);

    private static RunReport With(RunReport report, params string[] thresholds) => report with { Run = report.Run with { Thresholds = thresholds } };

    private static CaseVerdict Judge(CaseReport delegating) => Cell(Report(SixDirect(), delegating));

    private static CaseVerdict Cell(RunReport report)
    {
        var analysis = new RunAnalysis(report);
        return analysis.Verdict.Of(analysis.Cases.Single(row => row.Id == CaseId.Parse(Delegating)))!;
    }

    private static Viability? Verdict(RunReport report) => new RunAnalysis(report).Verdict.Run;
}
