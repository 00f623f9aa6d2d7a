using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Terminal;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Analysis.Cases;

public class CallersSummaryTests
{
    private const string Id = "service-binding/echo/1KB";

    [Fact]
    public void CallsPerSecond_is_median_over_launches_and_ratio_is_within_launch()
    {
        // Calls per second of 1 and 8 callers, by launch: 1 000 and 4 000 (ratio 4), 2 000 and 6 000 (3), 3 000 and 6 000 (2).
        CallersSummary row = Row(
            8, Report(3, (_, pass) => [Callers(1, pass.Launch * 1_000), Callers(8, pass.Launch == 1 ? 4_000 : 6_000)]));

        RequireFigure(6_000, 4_000, 6_000, row.CallsPerSecond);
        RequireFigure(3, 2, 4, row.TimesOneCaller);
        Assert.Equal((3, 3_000), (row.Launches, row.Calls));
        Assert.Empty(row.Notes);
    }

    [Fact]
    public void Quantiles_are_medians_and_maximum_is_over_all_launches()
    {
        CallersSummary row = Row(8, Report(3, (_, pass) =>
            [MadeUp.Callers(8, 9_000, (100 * pass.Launch, 900), (1_000 * pass.Launch, 80), (2_000 * pass.Launch, 20))]));

        RequireFigure(200, 100, 300, row.Latency[Quantile.P50]);
        RequireFigure(2_000, 1_000, 3_000, row.Latency[Quantile.P95], 0.001);
        RequireFigure(4_000, 2_000, 6_000, row.Latency[Quantile.P99], 0.001);
        Assert.Equal(6_000, row.MaxNs);
    }

    [Fact]
    public void Quantile_is_withheld_when_one_launch_has_too_few_calls()
    {
        CallersSummary row = Row(1, Report(2, (_, pass) => [MadeUp.Callers(1, 999, (1_000, pass.Launch == 2 ? 999 : 1_000))]));

        Assert.NotNull(row.Latency[Quantile.P95].Value);
        Assert.Equal("needs 1000 calls; launch 2 has 999", row.Latency[Quantile.P99].Withheld);
        Assert.Equal(["p99 needs 1000 calls; launch 2 has 999"], row.Notes);
    }

    [Fact]
    public void Quantile_is_unknown_below_clock_floor() => Assert.Equal(
        "< 25.0 ns, the clock's floor",
        Row(1, Report(2, (_, _) => [MadeUp.Callers(1, 9e6, (20, 1_000))])).Latency[Quantile.P50].Withheld);

    [Fact]
    public void Ratio_is_unknown_when_one_caller_was_not_measured()
    {
        CallersSummary row = Row(8, Report(2, (_, _) => [Callers(8, 1_000)]));

        Assert.Null(row.TimesOneCaller.Value);
        Assert.Equal(["× one caller is not known: one caller was not measured"], row.Notes);
    }

    [Fact]
    public void Failed_launches_are_left_out_and_noted()
    {
        RunReport report = Report(2, (_, _) => [Callers(1, 1_000), Callers(8, 4_000)]);
        CaseReport one = report.Cases[0];
        CaseFailure[] failures = [new(1, "With 8 callers: refused"), new(2, "With 8 callers: refused")];

        CallersSummary once = Row(8, report with { Cases = [one with { Passes = [one.Passes[1]], Failures = [failures[0]] }] });
        CallersSummary always = Row(8, report with { Cases = [one with { Passes = [], Failures = failures }] });

        Assert.Equal(4_000, once.CallsPerSecond.Value!.Value, 6);
        Assert.Equal(["failed in launch 1: With 8 callers: refused"], once.Notes);
        Assert.Equal(("failed", "failed"), (always.CallsPerSecond.Withheld, always.Latency[Quantile.P50].Withheld));
        Assert.Equal(2, always.Notes.Count);
    }

    [Fact]
    public void References_have_no_callers_summary() =>
        Assert.DoesNotContain(CallersSummary.All(MadeUpRun.WithCallers), row => row.Id.Method == "hop");

    // Both ranges are widened. Six launches: 906 × 1.05 is below 1 000 ÷ 1.05. One launch: 469 × 1.46 is below 1 000 ÷ 1.46.
    [Theory]
    [InlineData(6, 1_000, 906, true)]
    [InlineData(6, 1_000, 908, false)]
    [InlineData(1, 1_000, 470, false)]
    [InlineData(1, 1_000, 469, true)]
    public void Collapse_warning_needs_ranges_that_do_not_overlap(int launches, double one, double many, bool warns)
    {
        RunReport report = Report(launches, (_, _) => [Callers(1, one), Callers(8, one), Callers(64, many)]);

        string[] collapses =
            [.. new RunAnalysis(report).Warnings.Where(warning => warning.StartsWith("collapse: ", StringComparison.Ordinal))];

        Assert.Equal(warns ? 1 : 0, collapses.Length);
        Assert.All(collapses, warning => Assert.StartsWith($"collapse: {Id} with 64 callers – ", warning, StringComparison.Ordinal));
    }

    [Fact]
    public void Collapse_is_not_reported_when_ranges_meet() => Assert.DoesNotContain(
        new RunAnalysis(Report(6, (_, pass) => [Callers(1, 1_000 * pass.Launch), Callers(8, 500 * pass.Launch)])).Warnings,
        warning => warning.StartsWith("collapse", StringComparison.Ordinal));

    [Fact]
    public void Screen_shows_slowest_case_per_method_and_caller_count()
    {
        Assert.Equal(
            [
                "| direct          | 100KB           | echo     |       1 |",
                "| direct          | 100KB           | echo     |       8 |",
                "| direct          | 100KB           | echo     |      64 |",
                "| service-binding | 1KB             | echo     |       1 |",
                "| service-binding | 1KB             | echo     |       8 |",
                // No launch measured raw-fetch.
                "| raw-fetch       | 1KB             | compute  |       1 |",
                "| raw-fetch       | 1KB             | compute  |       8 |",
                "| raw-fetch       | 1KB             | compute  |      64 |",
            ],
            Lines(MadeUpRun.WithCallers)
                .SkipWhile(line => !line.StartsWith("| method          | slowest payload", StringComparison.Ordinal))
                .TakeWhile(line => line.StartsWith('|'))
                .Skip(2)
                .Select(line => line[..58]));
        Assert.DoesNotContain(Lines(MadeUpRun.Report), line => line.Contains("callers", StringComparison.Ordinal));
    }

    private static string[] Lines(RunReport report)
    {
        var screen = new StringWriter();
        ScreenWriter.Write(Display.Plain(screen), Screen.Of(new RunAnalysis(report), MadeUp.Next));
        return screen.ToString().Split('\n');
    }

    private static RunReport Report(int launches, Func<CaseReport, PassReport, IReadOnlyList<CallersReport>> callers) =>
        MadeUp.Report(launches, MadeUp.Case(Id, [.. Enumerable.Repeat(16_000L, launches)])).WithCallers(callers);

    private static CallersReport Callers(int callers, double callsPerSecond) => MadeUp.Callers(callers, callsPerSecond, (16_000, 1_000));

    private static CallersSummary Row(int callers, RunReport report) =>
        Assert.Single(CallersSummary.All(report), row => row.Callers == callers);

    private static void RequireFigure(double value, double low, double high, Figure figure, double tolerance = 1e-9)
    {
        Assert.InRange(figure.Value!.Value, value * (1 - tolerance), value * (1 + tolerance));
        Assert.InRange(figure.Low!.Value, low * (1 - tolerance), low * (1 + tolerance));
        Assert.InRange(figure.High!.Value, high * (1 - tolerance), high * (1 + tolerance));
    }
}
