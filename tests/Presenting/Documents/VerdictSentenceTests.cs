using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Presenting.Documents;

public class VerdictSentenceTests
{
    private static readonly double s_widening = Widening.Factor(Quantile.P50, 6);
    private static readonly CaseReport s_direct = MadeUp.Flat("direct/echo/1KB", 1_000);

    [Fact]
    public void Viable_verdict_counts_cases_and_names_limits() => Assert.Equal(
        $"Verdict: viable. 1 case of service-binding stays within the limits on overhead ({new ThresholdSet([]).Words}).",
        Verdict(MadeUp.Report(6, s_direct, MadeUp.Flat("service-binding/echo/1KB", 16_000), MadeUp.Flat("raw-fetch/echo/1KB", 9_000_000))));

    [Fact]
    public void Viable_verdict_mentions_given_thresholds() => Assert.Contains(
        "All 2 cases of service-binding, raw-fetch stay within the limits on overhead (p50=100us; else p50 < 1.00 ms,",
        Verdict(With(
            MadeUp.Report(6, s_direct, MadeUp.Flat("service-binding/echo/1KB", 16_000), MadeUp.Flat("raw-fetch/echo/1KB", 90_000)),
            "p50=100us")),
        StringComparison.Ordinal);

    [Fact]
    public void Not_viable_verdict_names_only_slow_cases() => Assert.Equal(
        $"Verdict: not viable. service-binding/echo/1KB: p50 overhead {Format.Duration(2_000_000 / s_widening)} – "
            + $"{Format.Duration(2_000_000 * s_widening)} is not under 1.00 ms. "
            + $"Decided by 2 cases of service-binding, limits on overhead: {new ThresholdSet([]).Words}.",
        Verdict(MadeUp.Report(
            6,
            s_direct,
            MadeUp.Case("direct/compute/1KB"),
            MadeUp.Flat("service-binding/echo/1KB", 2_000_000),
            MadeUp.Flat("service-binding/compute/1KB", 16_000))));

    [Fact]
    public void Not_known_verdict_names_cases_and_reasons() => Assert.StartsWith(
        "Verdict: not known. service-binding/echo/1KB: not measured. Decided by 1 case of service-binding, ",
        Verdict(MadeUp.Report(6, s_direct, MadeUp.Case("service-binding/echo/1KB"))),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(4, "service-binding/f4/1KB: not measured. ")]
    [InlineData(6, "service-binding/f4/1KB: not measured; and 2 more. ")]
    public void Verdict_names_four_cases_and_counts_the_rest(int cases, string ending) => Assert.Contains(
        ending,
        Verdict(MadeUp.Report(6, [.. Enumerable.Range(1, cases).Select(number => MadeUp.Case($"service-binding/f{number}/1KB"))])),
        StringComparison.Ordinal);

    [Fact]
    public void Verdict_is_none_without_deciding_case() =>
        Assert.StartsWith("Verdict: none.", Verdict(MadeUp.Report(6, s_direct)), StringComparison.Ordinal);

    private static RunReport With(RunReport report, params string[] thresholds) =>
        report with { Run = report.Run with { Thresholds = thresholds } };

    private static string Verdict(RunReport report) => VerdictSentence.Of(new RunAnalysis(report).Verdict);
}
