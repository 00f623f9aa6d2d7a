using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Analysis.Runs;

public class RunWarningsTests
{
    private const string Delegating = "service-binding/echo/1KB";

    [Fact]
    public void Clean_run_has_no_warnings() => Assert.Empty(Of(Report(6)));

    [Theory]
    [InlineData(1, "1 finished launch: verdicts move the ends of a range by p50 × 1.46, p95 × 1.59, p99 × 1.99; 6 launches ")]
    [InlineData(5, "5 finished launches: verdicts move the ends of a range by p50 × 1.05, p95 × 1.06, p99 × 1.06; 6 launches ")]
    public void Fewer_than_six_launches_warn_of_widening(int launches, string beginning)
    {
        string warning = Assert.Single(Of(Report(launches)));

        Assert.StartsWith(beginning, warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LaunchOutcome.Failed, "launch 7 failed: went away; ")]
    [InlineData(LaunchOutcome.Interrupted, "launch 7 interrupted: went away; ")]
    public void Unfinished_launch_warns_with_its_reason(LaunchOutcome outcome, string beginning)
    {
        RunReport report = Report(7);

        string warning = Assert.Single(Of(report with
        {
            Launches = [.. report.Launches.SkipLast(1), report.Launches[^1] with { Outcome = outcome, Error = "went away" }],
        }));

        Assert.StartsWith(beginning, warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    [InlineData(null, 0)]
    public void Uncommitted_changes_warn(bool? dirty, int warnings)
    {
        RunReport report = Report(6);

        IReadOnlyList<string> seen = Of(report with { Run = report.Run with { Dirty = dirty } });

        Assert.Equal(warnings, seen.Count);
        Assert.All(seen, warning => Assert.Contains("uncommitted changes", warning, StringComparison.Ordinal));
    }

    [Fact]
    public void Not_viable_case_warns_with_advice()
    {
        string warning = Assert.Single(Of(MadeUp.Report(
            6,
            MadeUp.Case("direct/echo/1KB", [.. Enumerable.Repeat(1_000L, 6)]),
            MadeUp.Case(Delegating, [.. Enumerable.Repeat(2_000_000L, 6)]))));

        Assert.Equal($"not viable: {Delegating} – this run measured no remedy at 1KB, --anyCategories core remedy does", warning);
    }

    [Fact]
    public void Failed_case_warns()
    {
        RunReport report = Report(6);

        Assert.StartsWith($"failed: {Delegating} – ", Assert.Single(Of(report with
        {
            Cases = [report.Cases[0], report.Cases[1] with { Failures = [new CaseFailure(2, "went away")] }],
        })), StringComparison.Ordinal);
    }

    [Fact]
    public void Cold_case_warns_and_its_passes_are_counted() => Assert.Equal(
        [
            $"not warm: {Delegating} – passes no threshold; see the notes",
            "p50 changed by more than 10 % within 6 of 12 passes (6 fell, 0 rose), "
                + $"most in {Delegating}: p50 fell from 16.0 µs to 8.00 µs within launch 1 "
                + "– the machine or the program changed its speed meanwhile",
        ],
        Of(Report(6, pass => pass.Compiling(40) with { LastThirdP50Ns = pass.FirstThirdP50Ns / 2 })));

    [Fact]
    public void Pass_that_rose_is_counted_and_its_case_stays_warm() => Assert.StartsWith(
        "p50 changed by more than 10 % within 1 of 12 passes (0 fell, 1 rose), ",
        Assert.Single(Of(Report(6, Last(pass => pass with { LastThirdP50Ns = pass.FirstThirdP50Ns * 1.2 })))),
        StringComparison.Ordinal);

    [Fact]
    public void Pass_ended_by_time_limit_warns() => Assert.StartsWith(
        $"ended by the time limit of a pass: {Delegating} – fewer than 10000 calls",
        Assert.Single(Of(Report(6, Last(pass => pass with { HitTimeLimit = true })))),
        StringComparison.Ordinal);

    [Fact]
    public void Call_above_ceiling_warns() => Assert.StartsWith(
        $"longer than 60 s in some call: {Delegating} – ",
        Assert.Single(Of(Report(6, Last(pass => pass with { AboveCeiling = 1 })))),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(-1_000, null, 0)]
    [InlineData(1_000, null, 1)]
    [InlineData(49_000, 50_000d, 0)]
    [InlineData(51_000, 50_000d, 1)]
    public void Missing_wall_time_warns_unless_recording_or_checking_explains_it(double nsBeyondLimit, double? checkingNs, int warnings)
    {
        // The limit: calls take 95 % of the wall time, after 80 ns of recording per call.
        double WallNs(PassReport pass) => (pass.MeanNs * pass.Calls / 0.95) + (80 * pass.Calls) + nsBeyondLimit;

        IReadOnlyList<string> seen = Of(Report(6, Last(pass => pass with { WallNs = WallNs(pass), CheckingNs = checkingNs })));

        Assert.Equal(warnings, seen.Count);
        string beginning = $"less than 95 % of the wall time within calls: {Delegating} – ";
        Assert.All(seen, warning => Assert.StartsWith(beginning, warning, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(6, "f6/1KB – ")]
    [InlineData(8, "f6/1KB and 2 more – ")]
    public void Warning_names_six_cases_and_counts_the_rest(int cases, string named)
    {
        CaseReport[] failed = [.. Enumerable.Range(1, cases).Select(number => MadeUp.Case($"direct/f{number}/1KB"))];

        Assert.Contains(named, Assert.Single(Of(MadeUp.Report(6, failed))), StringComparison.Ordinal);
    }

    // Changes only the pass of launch 6.
    private static Func<PassReport, PassReport> Last(Func<PassReport, PassReport> change) => pass => pass.Launch == 6 ? change(pass) : pass;

    private static RunReport Report(int launches, Func<PassReport, PassReport>? change = null)
    {
        CaseReport delegating = MadeUp.Case(Delegating, [.. Enumerable.Repeat(16_000L, launches)]);
        return MadeUp.Report(
            launches,
            MadeUp.Case("direct/echo/1KB", [.. Enumerable.Repeat(1_000L, launches)]),
            delegating with { Passes = [.. delegating.Passes.Select(change ?? (pass => pass))] });
    }

    private static IReadOnlyList<string> Of(RunReport report) => new RunAnalysis(report).Warnings;
}
