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
    public void Case_is_Viable_when_overheads_are_under_limits()
    {
        CaseVerdict verdict = Judge(Six(MadeUp.Pass(p50Ns: 900_000, p95Ns: 2_800_000, p99Ns: 4_800_000, maxNs: 50_000_000)));

        Assert.Equal((Viability.Viable, ""), (verdict.Viability, verdict.Reason));
    }

    [Theory]
    [InlineData(1_100_000, 2_000_000, 4_000_000, "p50")]
    [InlineData(500_000, 3_200_000, 4_000_000, "p95")]
    [InlineData(500_000, 2_000_000, 5_200_000, "p99")]
    public void Case_is_NotViable_when_one_quantile_exceeds_limit(long p50Ns, long p95Ns, long p99Ns, string quantile)
    {
        CaseVerdict verdict = Judge(Six(MadeUp.Pass(p50Ns, p95Ns, p99Ns, maxNs: 50_000_000)));

        Assert.Equal(Viability.NotViable, verdict.Viability);
        Assert.StartsWith(quantile + " overhead ", verdict.Reason, StringComparison.Ordinal);
        Assert.Contains("is not under", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Case_is_NotKnown_when_range_straddles_limit()
    {
        CaseVerdict verdict = Judge(MadeUp.Case(Delegating, 900_000, 950_000, 960_000, 970_000, 980_000, 1_200_000));

        Assert.Equal(Viability.NotKnown, verdict.Viability);
        Assert.Contains("p50 overhead 856 µs – 1.26 ms straddles 1.00 ms", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Case_is_NotViable_even_when_another_limit_is_straddled()
    {
        CaseVerdict verdict = Judge(Six(
            MadeUp.Pass(2_000_000, 2_500_000, 4_000_000, 5_000_000), MadeUp.Pass(2_000_000, 3_500_000, 4_000_000, 5_000_000)));

        Assert.Equal(Viability.NotViable, verdict.Viability);
        Assert.Contains("p95 overhead 2.40 ms – 3.64 ms straddles 3.00 ms", verdict.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_052, "viable")]
    [InlineData(1_053, "not known")]
    [InlineData(1_149, "not known")]
    [InlineData(1_150, "not viable")]
    public void Overhead_at_the_limit_is_NotViable(long ns, string words)
    {
        // Direct takes 100 ns. The p50 of six launches is widened by × 1.05: 952.4 and 1 050 ns reach the limit of 1 µs.
        // A histogram records all these values exactly.
        RunReport report = Report([.. Enumerable.Repeat(100L, 6)], MadeUp.Case(Delegating, [.. Enumerable.Repeat(ns, 6)]), "p50=1us");

        Assert.Equal(words, CaseVerdict.Words(Judge(report).Viability));
    }

    [Fact]
    public void Case_is_NotKnown_when_quantile_has_too_few_calls()
    {
        CaseVerdict verdict = Judge(MadeUp.Case(Delegating, Enumerable.Repeat(MadeUp.Pass((500_000, 999)), 6)));

        Assert.Equal((Viability.NotKnown, "p99 needs 1000 calls; launch 1 has 999"), (verdict.Viability, verdict.Reason));
    }

    [Theory]
    [InlineData(9_970, "p99.9=10ms", "p99.9 overhead 19.4 ms – 20.6 ms is not under 10.0 ms")]
    [InlineData(9_970, "p99.9=30ms", "")]
    [InlineData(900, "p99.9=30ms", "p99.9 needs 10000 calls; launch 1 has 930")]
    public void Threshold_on_p99_9_is_judged_when_calls_suffice(int fast, string threshold, string reason)
    {
        PassReport pass = MadeUp.Pass((10_000, fast), (20_000_000, 30));
        RunReport report = MadeUp.Report(
            6,
            MadeUp.Case("direct/echo/1KB", Enumerable.Repeat(MadeUp.Pass((1_000, 10_000)), 6)),
            MadeUp.Case(Delegating, Enumerable.Repeat(pass, 6)));

        Assert.EndsWith(reason, Judge(With(report, threshold)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Case_with_failed_calls_shows_the_others_and_the_share()
    {
        PassReport pass = MadeUp.Pass((1_000, 9_900)) with { FailedCalls = 100 };
        CaseReport one = MadeUp.Case(Delegating, [pass]) with { Failures = [new CaseFailure(1, "call 98 gave a wrong answer")] };

        CaseVerdict verdict = Judge(Report([1_000], one));

        Assert.Equal((Viability.NotKnown, 1_000), (verdict.Viability, verdict.Case.P50.Value));
        Assert.Equal(
            ["failed in launch 1: call 98 gave a wrong answer", "100 of 10000 timed calls failed (1 %), the figures are of the others"],
            verdict.Case.Notes.Take(2));
    }

    [Fact]
    public void Case_is_NotViable_when_p50_exceeds_limit_without_p99() => Assert.Equal(
        Viability.NotViable, Judge(MadeUp.Case(Delegating, Enumerable.Repeat(MadeUp.Pass((5_000_000, 999)), 6))).Viability);

    [Theory]
    [InlineData(10_000)]
    [InlineData(9_000_000)]
    public void Case_is_NotKnown_when_a_launch_was_not_warm(long ns)
    {
        RunReport report = Report(SixDirect(), MadeUp.Case(Delegating, [.. Enumerable.Repeat(ns, 6)]));
        report = report with
        {
            Launches = [.. report.Launches.Select(launch => launch.Number != 4 ? launch : launch with
            {
                WarmUps = [launch.WarmUps[0], launch.WarmUps[1] with { Steady = false, Reason = "p50 fell by 30 %" }],
            })],
        };

        CaseVerdict verdict = Judge(report);

        Assert.Equal((Viability.NotKnown, "not warm in launch 4: p50 fell by 30 %"), (verdict.Viability, verdict.Reason));
    }

    [Theory]
    [InlineData(3, 12, 0.89, "viable")]
    [InlineData(4, 12, 0.89, "not known")]
    [InlineData(4, 12, 0.91, "viable")]
    public void Case_is_NotKnown_when_most_launches_sped_up_while_compiling(
        int launches, int compiled, double lastToFirst, string words)
    {
        PassReport pass = MadeUp.Pass((100_000, MadeUp.Calls));
        PassReport drifted = pass.Compiling(compiled) with { LastThirdP50Ns = pass.FirstThirdP50Ns * lastToFirst };

        CaseVerdict verdict = Judge(MadeUp.Case(
            Delegating, Enumerable.Repeat(drifted, launches).Concat(Enumerable.Repeat(pass, 6 - launches))));

        Assert.Equal(words, CaseVerdict.Words(verdict.Viability));
    }

    [Fact]
    public void Only_the_case_that_still_fell_in_a_warm_up_is_NotKnown()
    {
        RunReport report = Report(SixDirect(), MadeUp.Case(Delegating, [.. Enumerable.Repeat(10_000L, 6)]));
        foreach ((WarmUpCourse course, Viability expected) in new[]
            {
                (WarmUpCourse.StillFalling, Viability.NotKnown), (WarmUpCourse.StillCompiling, Viability.NotKnown),
                (WarmUpCourse.SlowedDown, Viability.Viable), (WarmUpCourse.NoSteadyState, Viability.Viable),
            })
        {
            RunReport judged = report with
            {
                Launches = [.. report.Launches.Select(launch => launch.Number != 4 ? launch : launch with
                {
                    WarmUps = [launch.WarmUps[0], launch.WarmUps[1] with
                    {
                        Steady = false, Courses = [new CaseWarmUp(Delegating, course, 0.5, [])],
                    }],
                })],
            };

            Assert.Equal(expected, Judge(judged).Viability);
        }
    }

    [Theory]
    [InlineData(900_000, 3, "viable")]
    [InlineData(900_000, 4, "not known")]
    [InlineData(500_000, 4, "viable")]
    [InlineData(1_500_000, 4, "not viable")]
    [InlineData(1_100_000, 4, "not known")]
    public void Drift_without_compilation_decides_if_it_could_cross_the_limit(long ns, int drifted, string words)
    {
        PassReport pass = MadeUp.Pass((ns, MadeUp.Calls));
        PassReport fell = pass with { LastThirdP50Ns = pass.FirstThirdP50Ns * 0.8 };

        CaseVerdict verdict = Judge(MadeUp.Case(
            Delegating, Enumerable.Repeat(fell, drifted).Concat(Enumerable.Repeat(pass, 6 - drifted))));

        Assert.Equal(words, CaseVerdict.Words(verdict.Viability));
        Assert.Equal(drifted <= 3, verdict.Case.Warmth.IsWarm);
    }

    [Theory]
    [InlineData(0.89, false)]
    [InlineData(0.91, true)]
    public void Drift_alone_decides_when_compilation_is_unknown(double lastToFirst, bool isWarm)
    {
        PassReport pass = MadeUp.Pass((100_000, MadeUp.Calls));
        RunReport report = MadeUp.OfCaller(Report(
            [1_000], MadeUp.Case(Delegating, [pass with { LastThirdP50Ns = pass.FirstThirdP50Ns * lastToFirst }])));

        CaseVerdict verdict = Judge(report);

        Assert.Equal(isWarm, verdict.Case.Warmth.IsWarm);
        Assert.Equal(!isWarm, verdict.Reason.Contains("what was compiled meanwhile is not known", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(26, null)]
    [InlineData(48, null)]
    [InlineData(49, 25d)]
    public void Overhead_below_clock_floor_is_hidden_but_judged(long ns, double? printed)
    {
        RunReport report = Report([.. Enumerable.Repeat(24L, 6)], MadeUp.Case(Delegating, [.. Enumerable.Repeat(ns, 6)]));

        Assert.Equal(printed, Judge(report).Case.Overhead!.P50.Value);
        Assert.Equal(Viability.Viable, Judge(report).Viability);
        Assert.Equal(printed is null ? Viability.NotKnown : Viability.NotViable, Judge(With(report, "p50=20ns")).Viability);
    }

    [Fact]
    public void Case_is_NotKnown_when_one_launch_failed()
    {
        CaseReport measured = MadeUp.Case(Delegating, [.. Enumerable.Repeat(10_000L, 6)]);

        CaseVerdict verdict = Judge(measured with { Failures = [new CaseFailure(3, "went away")] });

        Assert.Equal((Viability.NotKnown, "failed in launch 3: went away"), (verdict.Viability, verdict.Reason));
    }

    [Fact]
    public void Case_is_NotKnown_when_nothing_was_measured()
    {
        CaseVerdict verdict = Judge(MadeUp.Case(Delegating));

        Assert.Equal((Viability.NotKnown, "not measured"), (verdict.Viability, verdict.Reason));
    }

    [Fact]
    public void Case_is_NotKnown_without_direct_in_same_launch()
    {
        CaseReport direct = MadeUp.Case("direct/echo/1KB", 1_000, 1_000, 1_000);
        CaseReport delegating = MadeUp.Case(Delegating, 10_000, 10_000, 10_000);
        delegating = delegating with { Passes = [.. delegating.Passes.Select(pass => pass with { Launch = pass.Launch + 3 })] };

        CaseVerdict verdict = Judge(MadeUp.Report(6, direct, delegating));

        Assert.Equal(Viability.NotKnown, verdict.Viability);
        Assert.Contains("no launch measured direct too", verdict.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 650_000, "viable")]
    [InlineData(1, 700_000, "not known")]
    [InlineData(1, 1_400_000, "not known")]
    [InlineData(1, 1_600_000, "not viable")]
    [InlineData(2, 830_000, "viable")]
    [InlineData(2, 850_000, "not known")]
    [InlineData(5, 1_040_000, "not known")]
    [InlineData(6, 940_000, "viable")]
    [InlineData(6, 960_000, "not known")]
    [InlineData(6, 1_060_000, "not viable")]
    [InlineData(11, 960_000, "not known")]
    public void Range_is_widened_by_the_factor_of_its_launches(int launches, long ns, string words)
    {
        RunReport report = Report([.. Enumerable.Repeat(100L, launches)], MadeUp.Case(Delegating, [.. Enumerable.Repeat(ns, launches)]));

        Assert.Equal(words, CaseVerdict.Words(Judge(report).Viability));
    }

    [Fact]
    public void Negative_overhead_is_shown_and_viable()
    {
        RunReport report = Report([2_000, 2_000, 2_000, 2_000, 2_000, 1_900], MadeUp.Case(Delegating, [.. Enumerable.Repeat(1_500L, 6)]));
        var analysis = new RunAnalysis(report);

        Assert.Equal(Viability.Viable, Judge(report).Viability);
        Figure overhead = analysis.Cases[1].Overhead!.P50;
        Assert.Equal((-500, -500, -400), (overhead.Value, overhead.Low, overhead.High));
        Assert.Contains(
            "\r\nservice-binding,echo,1KB,-500,-500,-500,",
            CsvWriter.Write(OverheadColumns.All, analysis.Overheads),
            StringComparison.Ordinal);
        Assert.Contains("| -500 ns [-500 – -400] |", OverheadDocument.Write(analysis), StringComparison.Ordinal);
    }

    [Fact]
    public void Differences_are_taken_within_each_launch()
    {
        // Direct takes twice as long in each launch. Delegation always adds 300 ns.
        long[] direct = [50, 100, 200, 400, 800, 1_600];
        RunReport report = Report(direct, MadeUp.Case(Delegating, [.. direct.Select(ns => ns + 300)]));

        Figure overhead = new RunAnalysis(report).Cases[1].Overhead!.P50;

        Assert.Equal((300, 300, 300), (overhead.Value, overhead.Low, overhead.High));
    }

    [Fact]
    public void Quantile_below_clock_floor_is_withheld()
    {
        RunReport report = Report([.. Enumerable.Repeat(24L, 6)], MadeUp.Case(Delegating, [.. Enumerable.Repeat(26L, 6)]));
        IReadOnlyList<CaseSummary> cases = new RunAnalysis(report).Cases;

        Assert.Equal("< 25.0 ns, the clock's floor", cases[0].P50.Withheld);
        Assert.Equal(26, cases[1].P50.Value);
        // Direct's p50 is unknown, so the ratio is unknown too.
        Assert.Null(cases[1].Overhead!.Ratio.Value);
    }

    [Fact]
    public void Run_verdict_uses_tagged_methods_and_user_thresholds()
    {
        CaseReport direct = MadeUp.Case("direct/echo/1KB", SixDirect());
        CaseReport good = MadeUp.Case(Delegating, [.. Enumerable.Repeat(10_000L, 6)]);
        CaseReport bad = MadeUp.Case("raw-fetch/echo/1KB", [.. Enumerable.Repeat(2_000_000L, 6)]);

        Assert.Equal(Viability.Viable, RunVerdictOf(MadeUp.Report(6, direct, good, bad)));
        Assert.Equal(Viability.NotViable, RunVerdictOf(With(MadeUp.Report(6, direct, good, bad), "raw-fetch/*:p99=5ms")));
        Assert.Equal(Viability.Viable, RunVerdictOf(With(MadeUp.Report(6, direct, good, bad), "raw-fetch/*:p50=5ms")));
        Assert.Equal(Viability.NotViable, RunVerdictOf(With(MadeUp.Report(6, direct, good, bad), "service-binding/*:p50=5us")));
        Assert.Null(RunVerdictOf(MadeUp.Report(6, direct)));
    }

    [Fact]
    public void Run_verdict_covers_every_method_that_the_user_selected()
    {
        CaseReport direct = MadeUp.Case("direct/echo/1KB", SixDirect());
        CaseReport good = MadeUp.Case(Delegating, [.. Enumerable.Repeat(10_000L, 6)]);
        CaseReport bad = MadeUp.Case("raw-fetch/echo/1KB", [.. Enumerable.Repeat(2_000_000L, 6)]);
        RunReport both = MadeUp.Report(6, direct, good, bad);

        Assert.Equal(Viability.NotViable, RunVerdictOf(Selecting(both, "raw-fetch")));
        Assert.Equal(Viability.NotViable, RunVerdictOf(Selecting(both, "service-binding", "raw-fetch")));
        Assert.Equal(Viability.Viable, RunVerdictOf(Selecting(both, "service-binding")));
        // Reports of older programs do not name the selected methods, and a selected reference or remedy has no verdict.
        Assert.Equal(Viability.NotViable, RunVerdictOf(MadeUp.Report(6, direct, bad)));
        Assert.Equal(Viability.Viable, RunVerdictOf(Selecting(both, "json-floor")));
    }

    [Fact]
    public void Run_verdict_is_worst_deciding_case()
    {
        CaseReport direct = MadeUp.Case("direct/echo/1KB", SixDirect());
        CaseReport unknown = MadeUp.Case("service-binding/echo/10KB", [.. Enumerable.Repeat(10_000L, 6)]);
        CaseReport good = MadeUp.Case(Delegating, [.. Enumerable.Repeat(10_000L, 6)]);
        CaseReport bad = MadeUp.Case(Delegating, [.. Enumerable.Repeat(2_000_000L, 6)]);

        Assert.Equal(Viability.NotKnown, RunVerdictOf(MadeUp.Report(6, direct, good, unknown)));
        Assert.Equal(Viability.NotViable, RunVerdictOf(MadeUp.Report(6, direct, bad, unknown)));
    }

    private static long[] SixDirect() => [.. Enumerable.Repeat(1_000L, 6)];

    private static CaseReport Six(params PassReport[] passes) =>
        MadeUp.Case(Delegating, Enumerable.Range(0, 6).Select(launch => passes[launch % passes.Length]));

    private static RunReport Report(long[] directNs, CaseReport delegating, params string[] thresholds) =>
        With(MadeUp.Report(directNs.Length, MadeUp.Case("direct/echo/1KB", directNs), delegating), thresholds);

    private static RunReport Selecting(RunReport report, params string[] methods) =>
        report with { Run = report.Run with { SelectedMethods = methods } };

    private static RunReport With(RunReport report, params string[] thresholds) =>
        report with { Run = report.Run with { Thresholds = thresholds } };

    private static CaseVerdict Judge(CaseReport delegating) => Judge(Report(SixDirect(), delegating));

    private static CaseVerdict Judge(RunReport report)
    {
        var analysis = new RunAnalysis(report);
        return analysis.Verdict.Of(analysis.Cases.Single(one => one.Id == CaseId.Parse(Delegating)))!;
    }

    private static Viability? RunVerdictOf(RunReport report) => new RunAnalysis(report).Verdict.Run;
}
