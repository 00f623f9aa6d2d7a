using WorkerRpc.Benchmarks.Analysis.Advice;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Presenting.Terminal;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Analysis.Advice;

public class RemedyTests
{
    private const int Launches = 6;

    [Fact]
    public void Every_remedy_compares_two_methods_of_the_catalog_and_nothing_is_measured_for_a_remedy_that_no_line_tells_of()
    {
        string[] tagged = [.. BindingCatalog.BuiltIn.All.Where(binding => binding.Tags.Contains(BindingTags.Remedy)).Select(binding => binding.Id)];

        Assert.All(Remedy.All, remedy => Assert.All(new[] { remedy.Without, remedy.With }, id => BindingCatalog.BuiltIn.Find(id)));
        Assert.Empty(tagged.Except(Remedy.All.SelectMany(remedy => new[] { remedy.Without, remedy.With })));
    }

    [Fact]
    public void A_remedy_that_helps_says_by_how_much_within_each_launch()
    {
        // 0.5, 0.7, 0.9 …: the ratio of the medians would be 0.6.
        RemedyEffect row = Row(Case("json-reflection/-/1KB", 10_000, 10_000, 10_000, 20_000, 20_000, 20_000), Case("json-floor/-/1KB", 5_000, 7_000, 9_000, 10_000, 14_000, 18_000));

        Assert.Equal(Effect.Saves, row.Effect);
        Assert.Equal((0.7, 0.5, 0.9), (Rounded(row.Ratio.Value), Rounded(row.Ratio.Low), Rounded(row.Ratio.High)));
        Assert.StartsWith("saves 30", row.Advice, StringComparison.Ordinal);
        Assert.Matches(@"^generated JSON instead of reflection, 1KB: 15\.0 µs → 9\.\d+ µs, 2\.10 KB → 2\.10 KB: saves 30", row.Sentence);
    }

    [Fact]
    public void A_remedy_whose_effect_is_removed_is_no_longer_advised()
    {
        RemedyEffect row = Row(Case("json-reflection/-/1KB", 10_000, 10_100, 10_200, 10_300, 10_400, 10_500), Case("json-floor/-/1KB", 10_100, 10_000, 10_300, 10_200, 10_500, 10_400));

        Assert.Equal(Effect.NotKnown, row.Effect);
        Assert.Matches("^not known: × 0.99\\d* – 1.01\\d* lies on both sides of 1$", row.Advice);
        Assert.Equal($"generated JSON instead of reflection, 1KB: {row.Advice}", row.Sentence);
    }

    [Fact]
    public void The_screen_has_a_line_a_remedy_with_its_change_at_each_payload()
    {
        var screen = new StringWriter();

        ScreenWriter.Write(Display.Plain(screen), Screen.Of(new RunAnalysis(Report(
            Case("json-reflection/-/1KB", Enumerable.Repeat(10_000L, Launches)), Case("json-floor/-/1KB", Enumerable.Repeat(6_000L, Launches)),
            Case("json-reflection/-/10KB", Enumerable.Repeat(10_000L, Launches)), Case("json-floor/-/10KB", Enumerable.Repeat(10_000L, Launches)))), MadeUp.Next));

        Assert.Contains("remedy:   generated JSON instead of reflection: 1KB -40 %, 10KB not known\n", screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_remedy_that_makes_it_dearer_says_so()
    {
        RemedyEffect row = Row(Case("json-reflection/-/1KB", Enumerable.Repeat(10_000L, Launches)), Case("json-floor/-/1KB", Enumerable.Repeat(12_000L, Launches)));

        Assert.Equal(Effect.Costs, row.Effect);
        Assert.Matches("^costs (19|20)(\\.\\d)? % more$", row.Advice);
    }

    [Fact]
    public void One_launch_alone_does_not_tell_a_small_effect()
    {
        Assert.Equal(Effect.NotKnown, Row(MadeUp.Case("json-reflection/-/1KB", 10_000), MadeUp.Case("json-floor/-/1KB", 7_000)).Effect);
        Assert.Equal(Effect.Saves, Row(MadeUp.Case("json-reflection/-/1KB", 10_000), MadeUp.Case("json-floor/-/1KB", 6_000)).Effect);
    }

    [Fact]
    public void A_case_that_was_not_measured_or_failed_or_is_not_warm_makes_it_not_known_and_is_named()
    {
        CaseReport without = Case("json-reflection/-/1KB", Enumerable.Repeat(10_000L, Launches));
        CaseReport with = Case("json-floor/-/1KB", Enumerable.Repeat(5_000L, Launches));

        Assert.Equal("not known: json-floor was not measured", Row(without).Advice);
        Assert.Equal("json-floor was not measured", Row(without).With.Withheld);
        Assert.Equal("not known: json-floor failed in launch 2: away", Row(without, with with { Failures = [new CaseFailure(2, "away")] }).Advice);
        Assert.StartsWith(
            "not known: json-floor is not warm: ",
            Row(without, with with { Passes = [.. with.Passes.Select(pass => pass.Compiling(40) with { LastThirdP50Ns = pass.FirstThirdP50Ns / 2 })] }).Advice,
            StringComparison.Ordinal);
        Assert.Equal("not known: no launch measured both", Row(
            without with { Passes = [without.Passes[0]] }, with with { Passes = [with.Passes[1]] }).Advice);
    }

    [Fact]
    public void A_batch_is_told_by_the_call()
    {
        CaseReport batch = Case("service-binding-batch-10/echo/1KB", Enumerable.Repeat(40_000L, Launches));
        RemedyEffect row = Row(
            Case("service-binding/echo/1KB", Enumerable.Repeat(16_000L, Launches)),
            batch with { Passes = [.. batch.Passes.Select(pass => pass with { MovedBytes = 21_030 })] });

        Assert.Equal(4_000, Math.Round(row.With.Value!.Value / 50) * 50);
        Assert.Equal(0.25, Rounded(row.Ratio.Value));
        Assert.Equal((2_100.5, 2_103), (row.MovedWithout.Value, row.MovedWith.Value));
        Assert.Matches("^batch of 10, 1KB: 16.0 µs → 4.\\d+ µs a call, 2.10 KB → 2.10 KB: saves 7", row.Sentence);
    }

    [Fact]
    public void A_cache_pays_from_the_rate_of_hits_at_which_their_saving_covers_every_lookup()
    {
        CaseReport without = Case("service-binding/echo/1KB", Enumerable.Repeat(16_000L, Launches));

        // A hit of 800 ns ÷ a call of 16 µs.
        Assert.Matches("pays from a hit rate of (4\\.9|5|5\\.1) %", Row(without, Case("service-binding-cached/echo/1KB", Enumerable.Repeat(800L, Launches))).Advice);
        Assert.EndsWith("more, whatever the hit rate", Row(without, Case("service-binding-cached/echo/1KB", Enumerable.Repeat(32_000L, Launches))).Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("raw-fetch", "raw-fetch-gzip", "echo")]
    [InlineData("raw-fetch", "raw-fetch-brotli", "echo")]
    [InlineData("messagepack-floor", "messagepack-lz4", "-")]
    public void What_compresses_says_of_which_text_it_tells(string without, string with, string function) => Assert.EndsWith(
        "for a text of one repeated letter, which compresses as no real one does: --payload-file FILE.json measures yours",
        Row(Case($"{without}/{function}/1KB", Enumerable.Repeat(10_000L, Launches)), Case($"{with}/{function}/1KB", Enumerable.Repeat(90_000L, Launches))).Advice,
        StringComparison.Ordinal);

    [Fact]
    public void A_run_without_remedies_says_how_to_measure_them_and_one_with_some_leaves_out_what_it_did_not_ask_for()
    {
        RunReport without = Report(Direct(), Case("service-binding/echo/1KB", Enumerable.Repeat(16_000L, Launches)));
        RunReport with = Report(Direct(), without.Cases[1], Case("service-binding-cached/echo/1KB", Enumerable.Repeat(800L, Launches)));

        Assert.Contains("None was measured in this run. `--anyCategories core remedy`", Section(without), StringComparison.Ordinal);
        Assert.Equal(["cached result"], new RunAnalysis(with).Remedies.Select(row => row.Remedy.Name));
        Assert.Contains("| cached result | 1KB     |", Section(with), StringComparison.Ordinal);
        Assert.Contains("- cached result: `service-binding-cached` against `service-binding`", Section(with), StringComparison.Ordinal);
    }

    [Fact]
    public void A_remedy_is_in_no_verdict_and_in_no_average_and_in_the_overheads_only_where_a_threshold_names_it()
    {
        RunReport report = Report(
            Direct(), Case("service-binding/echo/1KB", Enumerable.Repeat(16_000L, Launches)), Case("service-binding-batch-100/echo/1KB", Enumerable.Repeat(2_000_000L, Launches)));

        Assert.Equal((Viability.Viable, 1), Judged());
        Assert.Equal((Viability.Viable, 1), Judged("p50=1ms", "*/echo/*:p99=5ms"));
        Assert.Equal((Viability.NotViable, 2), Judged("service-binding-batch-*:p50=1ms"));
        Assert.Equal((Viability.Viable, 2), Judged("service-binding-batch-100/echo/1KB:p50=5ms"));

        (Viability?, int) Judged(params string[] thresholds)
        {
            var analysis = new RunAnalysis(report with { Run = report.Run with { Thresholds = thresholds } });
            Assert.Equal(["service-binding/echo/1KB"], analysis.Averages.SelectMany(average => average.Rows).Select(row => row.Case.Id.ToString()).Distinct());
            return (analysis.Verdict.Run, analysis.Overheads.Count);
        }
    }

    [Fact]
    public void What_is_not_viable_is_told_what_helped_at_its_payload_size_in_the_same_run()
    {
        CaseReport[] slow = [Direct(), Case("service-binding/echo/1KB", Enumerable.Repeat(2_000_000L, Launches))];
        CaseReport[] remedies =
        [
            Case("service-binding-cached/echo/1KB", Enumerable.Repeat(20_000L, Launches)),
            Case("service-binding-batch-1/echo/1KB", Enumerable.Repeat(2_200_000L, Launches)),
            Case("json-reflection/-/100KB", Enumerable.Repeat(10_000L, Launches)),
            Case("json-floor/-/100KB", Enumerable.Repeat(5_000L, Launches)),
        ];

        string warning = Warning([.. slow, .. remedies]);
        Assert.Contains("– cached result, 1KB: 2.00 ms → 20.0 µs, 2.10 KB → 2.10 KB: saves 99 %, pays from a hit rate of 1 %", warning, StringComparison.Ordinal);
        // What costs more is no remedy, and what was measured at another size tells nothing of this one.
        Assert.DoesNotContain("batch", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("reflection", warning, StringComparison.Ordinal);
        Assert.EndsWith("– no remedy that was measured at 1KB is known to help", Warning([.. slow, remedies[1]]), StringComparison.Ordinal);
        Assert.EndsWith("– this run measured no remedy at 1KB, --anyCategories core remedy does", Warning(slow), StringComparison.Ordinal);

        string Warning(CaseReport[] cases) => Assert.Single(new RunAnalysis(Report(cases)).Warnings);
    }

    private static CaseReport Direct() => Case("direct/echo/1KB", Enumerable.Repeat(1_000L, Launches));

    private static CaseReport Case(string id, params IEnumerable<long> nsByLaunch) => MadeUp.Case(id, [.. nsByLaunch]);

    private static RemedyEffect Row(params CaseReport[] cases) => Assert.Single(new RunAnalysis(Report(cases)).Remedies);

    // With each method as its binding describes it.
    private static RunReport Report(params CaseReport[] cases) => MadeUp.Report(cases.SelectMany(one => one.Passes).Max(pass => pass.Launch), cases) with
    {
        Methods = [.. BindingCatalog.BuiltIn.All.Where(binding => cases.Any(one => one.Method == binding.Id)).Select(RunReports.Describe)],
    };

    private static string Section(RunReport report)
    {
        string text = OverheadDocument.Write(new RunAnalysis(report));
        return text[text.IndexOf("## Remedies", StringComparison.Ordinal)..text.IndexOf("## Averages", StringComparison.Ordinal)];
    }

    // A histogram keeps three digits.
    private static double Rounded(double? ratio) => Math.Round(ratio!.Value, 2);
}
