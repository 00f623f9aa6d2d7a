using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Analysis.History;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Presenting;
using WorkerRpc.Tests.Results.Statistics;

namespace WorkerRpc.Tests.Analysis.History;

public class ReportHistoryTests
{
    private const int Cases = 84;
    private const string Slow = "pipe/echo/7KB";

    [Theory]
    [InlineData(25)]
    [InlineData(11)]
    public void Ten_pull_requests_of_two_percent_are_a_new_slowdown(int reports)
    {
        ReportHistory history =
            Of(Made(1, reports, (name, index) => name == Slow ? Math.Pow(1.02, Math.Max(0, index - (reports - 11))) : 1));

        Assert.Equal(HistoryOutcome.Slower, history.Outcome);
        CaseHistory[] slower = [.. Assert.Single(history.Series).NewSlowdowns];
        Assert.Equal(["p50", "mean"], slower.Select(one => one.Figure.Metric.Name));
        Assert.All(slower, one => Assert.Equal(Slow, one.Figure.Case));
        Assert.All(slower, one => Assert.True(one.NewSlowdown!.IsDrift));
        Assert.All(slower, one => Assert.InRange(Math.Exp(one.NewSlowdown!.Change), 1.17, 1.27));
        Assert.StartsWith($"slower within the newest 5 reports: {Slow} (p50 +2", history.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_within_newest_five_reports_is_new()
    {
        ReportHistory history = Of(Made(1, 25, (name, index) => name == Slow && index >= 21 ? 1.15 : 1));

        Assert.Equal(HistoryOutcome.Slower, history.Outcome);
        Assert.All(history.Series[0].NewSlowdowns, one => Assert.Equal((Slow, 21), (one.Figure.Case, one.NewSlowdown!.Began)));
    }

    [Theory]
    [InlineData(1.15, 12, "slower, earlier")]
    [InlineData(0.85, 21, "faster, new")]
    [InlineData(1, 0, "no change found")]
    public void Other_changes_are_no_new_slowdown(double factor, int from, string answer)
    {
        ReportHistory history = Of(Made(1, 25, (name, index) => name == Slow && index >= from ? factor : 1));

        Assert.Equal(HistoryOutcome.NoneFound, history.Outcome);
        Assert.Matches(
            @"^no slow-down was found that began within the newest 5 reports; a step of \+\d\.\d % there would have been found in half "
                + @"of the figures, a step of \+\d+\.\d % in all$",
            history.Verdict);
        Assert.All(history.Series[0].Cases.Where(one => one.Figure.Case == Slow), one => Assert.Equal(answer, one.Answer));
    }

    [Fact]
    public void All_cases_became_faster_is_no_new_slowdown()
    {
        ReportHistory history = Of(Made(1, 25, (_, index) => index < 22 ? 1 : 0.5));

        Assert.Equal(HistoryOutcome.NoneFound, history.Outcome);
        Assert.Equal("no slow-down was found that began within the newest 5 reports", history.Verdict);
        Assert.All(history.Series[0].Cases, one => Assert.Equal("faster, new", one.Answer));
    }

    [Fact]
    public void Slowdown_that_was_mended_is_no_new_slowdown() =>
        Assert.Equal(
            HistoryOutcome.NoneFound,
            Of(Made(1, 30, (name, index) => name == Slow && index is >= 10 and < 27 ? 1.3 : 1)).Outcome);

    // The change is significant, but smaller than the smallest change of a p50 that a comparison reports.
    [Fact]
    public void Change_below_the_margin_is_not_reported() =>
        Assert.Equal(
            HistoryOutcome.NoneFound,
            Of(Made(1, 40, (name, index) => name == Slow && index >= 35 ? 1.025 : 1, noise: 0.002)).Outcome);

    [Fact(Explicit = true), Trait(LongTests.Trait, LongTests.Value)]
    public void Stationary_cases_seldom_give_an_alarm()
    {
        int alarms = Enumerable.Range(0, 40).Count(seed => Of(Made(seed, 20, (_, _) => 1)).Outcome != HistoryOutcome.NoneFound);

        // At most 0.4 alarms are expected. 3 or more have a probability of 0.8 %.
        Assert.InRange(alarms, 0, 2);
    }

    [Fact]
    public void Reports_of_different_conditions_are_separate_series()
    {
        HistoryReport[] slow = [.. Made(1, 24, (_, _) => 2).Where((_, index) => index % 2 == 0).Select(report => On(report, "Slow CPU"))];
        HistoryReport[] fast = [.. Made(2, 24, (_, _) => 1).Where((_, index) => index % 2 == 1).Select(report => On(report, "Fast CPU"))];

        ReportHistory history = Of([.. slow, .. fast]);

        Assert.Equal(HistoryOutcome.NoneFound, history.Outcome);
        Assert.Equal(["processor Fast CPU", "processor Slow CPU"], history.Series.Select(series => series.Name));
        Assert.All(history.Series, series => Assert.Equal(12, series.Reports.Count));
    }

    [Fact]
    public void Series_without_a_newest_report_does_not_decide()
    {
        HistoryReport[] old =
            [.. Made(1, 20, (name, index) => name == Slow && index >= 16 ? 1.5 : 1).Select(report => On(report, "Old CPU"))];
        HistoryReport[] young = [.. Made(2, 32, (_, _) => 1).Skip(20)];

        ReportHistory history = Of([.. old, .. young]);

        Assert.Equal(HistoryOutcome.NoneFound, history.Outcome);
        Assert.Equal([(true, 0), (false, 2)], history.Series.Select(series => (series.Decides, series.NewSlowdowns.Count())));
    }

    [Fact]
    public void Nine_reports_are_too_few()
    {
        ReportHistory history = Of(Made(1, 9, (_, index) => index < 5 ? 1 : 9));

        Assert.Equal(HistoryOutcome.NotKnown, history.Outcome);
        Assert.Equal("too few reports to tell: 9 of at least 10", history.Verdict);
    }

    [Fact]
    public void New_series_with_few_reports_is_named_beside_the_answer()
    {
        HistoryReport[] all = Made(1, 25, (_, _) => 1);

        ReportHistory history = Of([.. all[..^1], On(all[^1], "New CPU")]);

        Assert.Equal(HistoryOutcome.NotKnown, history.Outcome);
        Assert.Equal("too few reports to tell: processor New CPU: 1 of at least 10", history.Verdict);
    }

    [Fact]
    public void Six_reports_after_a_change_of_all_cases_are_too_few()
    {
        ReportHistory history = Of(Made(1, 26, (_, index) => index < 20 ? 1 : 3));

        Assert.Equal(HistoryOutcome.NotKnown, history.Outcome);
        Assert.Equal("too few reports to tell: 26, but few after the last change of most figures", history.Verdict);
        Assert.All(history.Series[0].Cases, one => Assert.Equal("slower, earlier", one.Answer));
    }

    [Fact]
    public void Copy_of_a_run_counts_once()
    {
        HistoryReport[] all = Made(1, 12, (_, _) => 1);

        ReportHistory history = Of([.. all, all[3] with { Path = "copy.json" }]);

        Assert.Equal(12, Assert.Single(history.Series).Reports.Count);
        Assert.Empty(history.LeftOut);
    }

    [Fact]
    public void Report_with_few_of_its_launches_is_left_out_by_name()
    {
        RunReport whole = MadeUp.Report(6, MadeUp.Case("direct/echo/1KB", 900, 900, 900, 900, 900, 900));
        RunReport early = MadeUp.Report(1, MadeUp.Case("direct/echo/1KB", 900)) with { Run = MadeUp.Settings, EndedEarly = true };

        ReportHistory history = Of([HistoryReport.Of("whole.json", whole), HistoryReport.Of("early.json", early) with { Commit = "1" }]);

        Assert.Equal("whole.json", Assert.Single(Assert.Single(history.Series).Reports).Path);
        Assert.Equal(["early.json: 1 of its 6 launches finished, ended early; needed: more than half"], history.LeftOut);
    }

    [Fact]
    public void Reports_of_another_payload_kind_are_a_series_of_their_own()
    {
        RunReport text = MadeUp.Report(6, MadeUp.Case("direct/echo/1KB", 900, 900, 900, 900, 900, 900));
        RunReport letters = text with { Run = text.Run with { PayloadKind = PayloadKind.Letters } };

        ReportHistory history = Of([HistoryReport.Of("text.json", text), HistoryReport.Of("letters.json", letters) with { Commit = "1" }]);

        Assert.Equal(
            ["payload kind letters", "payload kind text"], history.Series.Select(series => series.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Failed_cold_and_reference_cases_have_no_figure()
    {
        HistoryReport report = HistoryReport.Of("report.json", MadeUpRun.WithCallers);

        Assert.Contains(new FollowedFigure("service-binding/echo/1KB", Metric.P50), report.Figures.Keys);
        Assert.DoesNotContain(report.Figures.Keys, figure =>
            figure.Case is "service-binding/compute/1KB" or "raw-fetch/echo/100KB" or "raw-fetch/compute/1KB" or "hop/-/1KB");
        Assert.Equal(["raw-fetch/echo/100KB"], report.NotWarm);
    }

    [Fact]
    public void No_usable_report_is_an_error()
    {
        UnusableInputException error = Assert.Throws<UnusableInputException>(() => ReportHistory.Of([], ["a.json is damaged"]));

        Assert.Equal("There is no report to use. a.json is damaged", error.Message);
    }

    private static ReportHistory Of(params HistoryReport[] reports) => ReportHistory.Of(reports, []);

    private static HistoryReport On(HistoryReport report, string processor) =>
        report with { Conditions = new Dictionary<string, string>(report.Conditions) { ["processor"] = processor } };

    // The p50s and means of 84 cases around 10 µs. Half of the noise is that of the report, which all its cases share.
    private static HistoryReport[] Made(int seed, int reports, Func<string, int, double> factor, double noise = 0.02)
    {
        var made = new MadeSeries(seed);
        return
        [
            .. Enumerable.Range(0, reports).Select(index =>
            {
                double ofReport = noise * made.Normal();
                return new HistoryReport
                {
                    Path = FormattableString.Invariant($"{index}.json"),
                    StartedAt = MadeUp.Settings.StartedAt.AddDays(index),
                    Commit = FormattableString.Invariant($"{index:x8}"),
                    IsDirty = false,
                    Conditions = new Dictionary<string, string> { ["processor"] = "Made-up CPU", ["profile"] = "standard" },
                    Figures = (
                        from number in Enumerable.Range(1, Cases)
                        let name = FormattableString.Invariant($"pipe/echo/{number}KB")
                        let level = 10_000 * factor(name, index) * Math.Exp((ofReport + (noise * made.Normal())) / Math.Sqrt(2))
                        from metric in HistoryReport.Metrics
                        let value = metric == Metric.P50 ? level : 1.2 * level * Math.Exp(noise * made.Normal() / 4)
                        select (Figure: new FollowedFigure(name, metric), Value: value))
                        .ToDictionary(each => each.Figure, each => each.Value),
                    NotWarm = [],
                    Refusal = null,
                };
            }),
        ];
    }
}
