using WorkerRpc.Benchmarks.Analysis.Advice;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Presenting.Terminal;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Analysis.Advice;

public class RemedyTests
{
    private const int Launches = 6;

    [Fact]
    public void Remedies_and_tagged_methods_match_the_catalog()
    {
        IEnumerable<string> tagged = BindingCatalog.BuiltIn.All
            .Where(binding => binding.Tags.Contains(BindingTags.Remedy))
            .Select(binding => binding.Id);

        Assert.All(RemedyAdvice.All, remedy => Assert.All(new[] { remedy.Without, remedy.With }, id => BindingCatalog.BuiltIn.Find(id)));
        Assert.Empty(tagged.Except(RemedyAdvice.All.SelectMany(remedy => new[] { remedy.Without, remedy.With })));
    }

    [Fact]
    public void Helpful_remedy_reports_saving_within_each_launch()
    {
        // The ratios of the launches are 0.5, 0.7, 0.9, 0.5, 0.7 and 0.9. Their geometric mean is 0.68, and the ratio of the two medians
        // would be 0.63.
        RemedyEffect effect = EffectOf(
            Case("json-reflection/-/1KB", 10_000, 10_000, 10_000, 20_000, 20_000, 20_000),
            Case("json-floor/-/1KB", 5_000, 7_000, 9_000, 10_000, 14_000, 18_000));

        Assert.Equal(Effect.Saves, effect.Effect);
        Assert.Equal((0.68, 0.52, 0.9), (Rounded(effect.Ratio.Value), Rounded(effect.Ratio.Low), Rounded(effect.Ratio.High)));
        Assert.StartsWith("saves 3", effect.Advice, StringComparison.Ordinal);
        Assert.Matches(
            @"^generated JSON instead of reflection, 1KB: 15\.0 µs → 9\.\d+ µs, 2\.10 KB → 2\.10 KB, "
                + @"× 0\.68\d \[0\.5\d+ – 0\.\d+\]: saves 3",
            effect.Sentence);
    }

    [Fact]
    public void Remedy_without_effect_is_not_advised()
    {
        RemedyEffect effect = EffectOf(
            Case("json-reflection/-/1KB", 10_000, 10_100, 10_200, 10_300, 10_400, 10_500),
            Case("json-floor/-/1KB", 10_100, 10_000, 10_300, 10_200, 10_500, 10_400));

        Assert.Equal(Effect.NotKnown, effect.Effect);
        Assert.Matches("^not known: × 0.98\\d* – 1.01\\d* lies on both sides of 1$", effect.Advice);
        Assert.Equal($"generated JSON instead of reflection, 1KB: {effect.Advice}", effect.Sentence);
    }

    [Fact]
    public void Screen_shows_one_line_per_remedy()
    {
        var screen = new StringWriter();
        RunReport report = Report(
            Steady("json-reflection/-/1KB", 10_000),
            Steady("json-floor/-/1KB", 6_000),
            Steady("json-reflection/-/10KB", 10_000),
            Steady("json-floor/-/10KB", 10_000));

        ScreenWriter.Write(Display.Plain(screen), Screen.Of(new RunAnalysis(report), MadeUp.Next));

        Assert.Contains(
            "remedy:   generated JSON instead of reflection: 1KB -40 %, 10KB not known\n", screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Slower_remedy_reports_its_cost()
    {
        RemedyEffect effect = EffectOf(Steady("json-reflection/-/1KB", 10_000), Steady("json-floor/-/1KB", 12_000));

        Assert.Equal(Effect.Costs, effect.Effect);
        Assert.Matches("^costs (19|20)(\\.\\d)? % more$", effect.Advice);
    }

    [Fact]
    public void Two_launches_show_no_effect()
    {
        Assert.Equal(
            "not known: a comparison needs 3 launches, this one has 2",
            EffectOf(Case("json-reflection/-/1KB", 10_000, 10_000), Case("json-floor/-/1KB", 1_000, 1_000)).Advice);
        Assert.Equal(
            Effect.Saves,
            EffectOf(Case("json-reflection/-/1KB", 10_000, 10_000, 10_000), Case("json-floor/-/1KB", 1_000, 1_000, 1_000)).Effect);
    }

    [Fact]
    public void Claims_of_all_remedies_share_one_error_rate()
    {
        // The launches' ratios are 0.8, 0.9 and so on: p is 0.013. That is enough for one remedy, but not for one of eight.
        CaseReport[] reflection =
        [
            Case("json-reflection/-/1KB", 10_000, 10_000, 10_000, 10_000, 10_000, 10_000),
            Case("json-floor/-/1KB", 8_000, 9_000, 9_700, 8_300, 9_400, 9_000),
        ];
        CaseReport[] others =
        [
            .. from method in new[] { "raw-fetch", "raw-fetch-gzip", "raw-fetch-brotli", "raw-fetch-large-blocks" }
               from payload in new[] { "1KB", "10KB" }
               select Case($"{method}/echo/{payload}", 90_000, 100_000, 110_000, 95_000, 105_000, 100_000 + (100 * method.Length)),
        ];

        Assert.Equal(Effect.Saves, EffectOf(reflection).Effect);
        RemedyEffect among = new RunAnalysis(Report([.. reflection, .. others])).Remedies[0];
        Assert.Equal(Effect.NotKnown, among.Effect);
        Assert.Matches(
            @"^not known: × 0\.8\d+ – 0\.9\d+ by itself, but 7 comparisons share the 5 % of error \(p 0\.0\d+ after Holm\)$",
            among.Advice);
    }

    [Fact]
    public void Difference_below_the_clock_shows_nothing() => Assert.Equal(
        "not known: the p50s differ by less than 25.0 ns, the clock's floor",
        EffectOf(Steady("json-reflection/-/1KB", 300), Steady("json-floor/-/1KB", 280)).Advice);

    [Theory]
    [InlineData("json-floor/-/1KB", "messagepack-floor/-/1KB", "MessagePack instead of JSON (hand-written formatters)")]
    [InlineData("json-floor/-/1KB", "messagepack-int-keys/-/1KB", "MessagePack instead of JSON (the library's own formatters)")]
    [InlineData("service-binding/echo/1KB", "service-binding-cached/echo/1KB", "cached result (one hot key, no misses)")]
    [InlineData("raw-fetch/echo/1KB", "raw-fetch-gzip/echo/1KB", "gzip over a socket (payload kind text)")]
    [InlineData("raw-fetch/echo/file", "raw-fetch-gzip/echo/file", "gzip over a socket")]
    public void Remedy_is_named_with_its_condition(string without, string with, string name) =>
        Assert.Equal(name, new RunAnalysis(Report(Steady(without, 10_000), Steady(with, 5_000))).Remedies[0].Name);

    [Fact]
    public void Effect_is_unknown_when_a_case_is_unusable()
    {
        CaseReport without = Steady("json-reflection/-/1KB", 10_000);
        CaseReport with = Steady("json-floor/-/1KB", 5_000);
        CaseReport failed = with with { Failures = [new CaseFailure(2, "away")] };
        CaseReport cold = with with
        {
            Passes = [.. with.Passes.Select(pass => pass.Compiling(40) with { LastThirdP50Ns = pass.FirstThirdP50Ns / 2 })],
        };

        Assert.Equal("not known: json-floor was not measured", EffectOf(without).Advice);
        Assert.Equal("json-floor was not measured", EffectOf(without).With.Withheld);
        Assert.Equal("not known: json-floor failed in launch 2: away", EffectOf(without, failed).Advice);
        Assert.StartsWith("not known: json-floor is not warm: ", EffectOf(without, cold).Advice, StringComparison.Ordinal);
        Assert.Equal("not known: no launch measured both", EffectOf(
            without with { Passes = [without.Passes[0]] }, with with { Passes = [with.Passes[1]] }).Advice);
    }

    [Fact]
    public void Batch_is_reported_per_call()
    {
        CaseReport batch = Steady("service-binding-batch-10/echo/1KB", 40_000);
        RemedyEffect effect = EffectOf(
            Steady("service-binding/echo/1KB", 16_000),
            batch with { Passes = [.. batch.Passes.Select(pass => pass with { MovedBytes = 21_030 })] });

        Assert.Equal(4_000, Math.Round(effect.With.Value!.Value / 50) * 50);
        Assert.Equal(0.25, Rounded(effect.Ratio.Value));
        Assert.Equal((2_100.5, 2_103), (effect.MovedWithout.Value, effect.MovedWith.Value));
        Assert.Matches("^batch of 10, 1KB: 16.0 µs → 4.\\d+ µs a call, 2.10 KB → 2.10 KB, × 0.25\\d* .*: saves 7", effect.Sentence);
    }

    [Fact]
    public void Cache_reports_hit_rate_from_which_it_pays()
    {
        // 5 % is a hit of 800 ns ÷ a call of 16 µs.
        Assert.Matches("pays from a hit rate of (4\\.9|5|5\\.1) %", AdviceWhenHitTakes(800));
        Assert.EndsWith("more, whatever the hit rate", AdviceWhenHitTakes(32_000), StringComparison.Ordinal);

        static string AdviceWhenHitTakes(long ns) =>
            EffectOf(Steady("service-binding/echo/1KB", 16_000), Steady("service-binding-cached/echo/1KB", ns)).Advice;
    }

    [Theory]
    [InlineData("raw-fetch", "raw-fetch-gzip", "echo")]
    [InlineData("raw-fetch", "raw-fetch-brotli", "echo")]
    [InlineData("messagepack-floor", "messagepack-lz4", "-")]
    public void Compression_advice_names_its_text(string without, string with, string function)
    {
        RunReport text = Report(Steady($"{without}/{function}/1KB", 10_000), Steady($"{with}/{function}/1KB", 90_000));
        RunReport letters = text with { Run = text.Run with { PayloadKind = PayloadKind.Letters } };

        RemedyEffect ofText = Assert.Single(new RunAnalysis(text).Remedies);
        RemedyEffect ofLetters = Assert.Single(new RunAnalysis(letters).Remedies);
        Assert.EndsWith("payload kind text)", ofText.Name, StringComparison.Ordinal);
        Assert.DoesNotContain("letter", ofText.Advice, StringComparison.Ordinal);
        Assert.EndsWith("payload kind letters)", ofLetters.Name, StringComparison.Ordinal);
        Assert.EndsWith(
            "for a text of one repeated letter, which compresses as no real one does: --payload-file FILE.json measures yours",
            ofLetters.Advice,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Document_lists_only_selected_remedies()
    {
        RunReport without = Report(Direct(), Steady("service-binding/echo/1KB", 16_000));
        RunReport with = Report(Direct(), without.Cases[1], Steady("service-binding-cached/echo/1KB", 800));

        Assert.Contains("None was measured in this run. `--anyCategories core remedy`", Section(without), StringComparison.Ordinal);
        Assert.Equal(["cached result"], new RunAnalysis(with).Remedies.Select(effect => effect.Remedy.Name));
        Assert.Contains("| cached result (one hot key, no misses) | 1KB     |", Section(with), StringComparison.Ordinal);
        Assert.Contains(
            "- cached result (one hot key, no misses): `service-binding-cached` against `service-binding`",
            Section(with),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Remedy_is_judged_only_when_a_threshold_names_it()
    {
        RunReport report = Report(
            Direct(), Steady("service-binding/echo/1KB", 16_000), Steady("service-binding-batch-100/echo/1KB", 2_000_000));

        Assert.Equal((Viability.Viable, 1), Judged());
        Assert.Equal((Viability.Viable, 1), Judged("p50=1ms", "*/echo/*:p99=5ms"));
        Assert.Equal((Viability.NotViable, 2), Judged("service-binding-batch-*:p50=1ms"));
        Assert.Equal((Viability.Viable, 2), Judged("service-binding-batch-100/echo/1KB:p50=5ms"));

        (Viability?, int) Judged(params string[] thresholds)
        {
            var analysis = new RunAnalysis(report with { Run = report.Run with { Thresholds = thresholds } });
            IEnumerable<CaseId> averaged = analysis.Averages.SelectMany(average => average.Rows).Select(row => row.Case.Id).Distinct();
            Assert.Equal(["service-binding/echo/1KB"], averaged.Select(id => id.ToString()));
            return (analysis.Verdict.Run, analysis.Overheads.Count);
        }
    }

    [Fact]
    public void Warning_names_remedies_that_helped_at_that_payload()
    {
        CaseReport[] slow = [Direct(), Steady("service-binding/echo/1KB", 2_000_000)];
        CaseReport[] remedies =
        [
            Steady("service-binding-cached/echo/1KB", 20_000),
            Steady("service-binding-batch-1/echo/1KB", 2_200_000),
            Steady("json-reflection/-/100KB", 10_000),
            Steady("json-floor/-/100KB", 5_000),
        ];

        string warning = Warning([.. slow, .. remedies]);
        Assert.Contains(
            "– cached result (one hot key, no misses), 1KB: 2.00 ms → 20.0 µs, 2.10 KB → 2.10 KB, × 0.010 [0.010 – 0.010]: saves 99 %, "
                + "pays from a hit rate of 1 %",
            warning,
            StringComparison.Ordinal);
        // The warning leaves out the batch, which costs more, and generated JSON, which was measured at another size.
        Assert.DoesNotContain("batch", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("reflection", warning, StringComparison.Ordinal);
        Assert.EndsWith("– no remedy that was measured at 1KB is known to help", Warning([.. slow, remedies[1]]), StringComparison.Ordinal);
        Assert.EndsWith("– this run measured no remedy at 1KB, --anyCategories core remedy does", Warning(slow), StringComparison.Ordinal);

        string Warning(CaseReport[] cases) => Assert.Single(new RunAnalysis(Report(cases)).Warnings);
    }

    private static CaseReport Direct() => Steady("direct/echo/1KB", 1_000);

    private static CaseReport Steady(string id, long ns) => MadeUp.Case(id, [.. Enumerable.Repeat(ns, Launches)]);

    private static CaseReport Case(string id, params long[] nsByLaunch) => MadeUp.Case(id, nsByLaunch);

    private static RemedyEffect EffectOf(params CaseReport[] cases) => Assert.Single(new RunAnalysis(Report(cases)).Remedies);

    // The report describes each method as its binding does.
    private static RunReport Report(params CaseReport[] cases)
    {
        int launches = cases.SelectMany(one => one.Passes).Max(pass => pass.Launch);
        IEnumerable<IBinding> measured = BindingCatalog.BuiltIn.All.Where(binding => cases.Any(one => one.Method == binding.Id));
        return MadeUp.Report(launches, cases) with { Methods = [.. measured.Select(RunReports.Describe)] };
    }

    private static string Section(RunReport report)
    {
        string text = OverheadDocument.Write(new RunAnalysis(report));
        return text[text.IndexOf("## Remedies", StringComparison.Ordinal)..text.IndexOf("## Averages", StringComparison.Ordinal)];
    }

    // Removes the rounding error of a histogram, which keeps three digits.
    private static double Rounded(double? ratio) => Math.Round(ratio!.Value, 2);
}
