using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Analysis.Verdicts;

public class ThresholdsTests
{
    private static readonly CaseId s_case = CaseId.Parse("service-binding/echo/1KB");

    [Theory]
    [InlineData("p50=1ms", "p50", 1e6)]
    [InlineData("P99=500us", "p99", 500e3)]
    [InlineData("p95=2.5µs", "p95", 2_500)]
    [InlineData("p50=750ns", "p50", 750)]
    [InlineData("p50=0.25s", "p50", 0.25e9)]
    [InlineData("service-binding/*/1KB:p99=3MS", "p99", 3e6)]
    [InlineData("*:p50=1ms", "p50", 1e6)]
    [InlineData("service-binding/*:P99.9=50ms", "p999", 50e6)]
    public void Threshold_limits_a_quantile_to_a_duration(string text, string quantile, double limitNs)
    {
        var threshold = Threshold.Parse(text);

        Assert.Equal(quantile, threshold.Quantile.ToString());
        Assert.Equal(limitNs, threshold.LimitNs, 1e-6);
        Assert.True(threshold.Cases.Matches(s_case.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("p50")]
    [InlineData("p50=")]
    [InlineData("p50=1")]
    [InlineData("p50=ms")]
    [InlineData("p50=0ms")]
    [InlineData("p50=-1ms")]
    [InlineData("p50=1,5ms")]
    [InlineData("p50=1.5.5ms")]
    [InlineData("p50=1 ms")]
    [InlineData("p50=1h")]
    [InlineData("p50=1ms=2ms")]
    [InlineData("p90=1ms")]
    [InlineData("p999=1ms")]
    [InlineData("=1ms")]
    [InlineData("0=1ms")]
    [InlineData("+1=1ms")]
    [InlineData(" 1=1ms")]
    [InlineData("p50,p95=1ms")]
    [InlineData(":p50=1ms")]
    [InlineData("p50:1ms")]
    public void Unusable_threshold_is_rejected_with_the_accepted_form(string text)
    {
        var error = Assert.Throws<UnusableInputException>(() => Threshold.Parse(text));

        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(Threshold.Form, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Duration_beyond_double_is_rejected() =>
        Assert.Throws<UnusableInputException>(() => Threshold.Parse($"p50={new string('9', 400)}s"));

    [Fact]
    public void Default_limits_are_1_3_and_5_ms()
    {
        var thresholds = new ThresholdSet([]);

        Assert.Equal((1e6, 3e6, 5e6), Limits(thresholds, s_case));
        Assert.False(thresholds.AreGivenFor(s_case));
    }

    [Fact]
    public void Last_matching_threshold_wins()
    {
        var thresholds = new ThresholdSet(["p50=2ms", "service-binding/*:p50=3ms", "*/1KB:p99=4ms", "raw-fetch/*:p50=9ms"]);

        Assert.Equal((3e6, 3e6, 4e6), Limits(thresholds, s_case));
        Assert.Equal((9e6, 3e6, 5e6), Limits(thresholds, CaseId.Parse("raw-fetch/echo/100KB")));
        Assert.Equal((2e6, 3e6, 5e6), Limits(new ThresholdSet(["service-binding/*:p50=3ms", "p50=2ms"]), s_case));
    }

    [Fact]
    public void Threshold_without_matching_case_is_rejected()
    {
        var thresholds = new ThresholdSet(["p50=2ms", "grpc/*:p50=3ms"]);

        var error = Assert.Throws<UnusableInputException>(() => thresholds.RequireUsable([s_case]));

        Assert.Contains("'grpc/*:p50=3ms'", error.Message, StringComparison.Ordinal);
        Assert.Contains("service-binding/echo/1KB", error.Message, StringComparison.Ordinal);
        new ThresholdSet(["p50=2ms", "service-binding/*:p99=3ms"]).RequireUsable([s_case]);
    }

    [Fact]
    public void Mistyped_cases_of_a_threshold_are_corrected() => Assert.Contains(
        " Did you mean 'service-binding/*/*'? Selected: service-binding/echo/1KB, raw-fetch/echo/100KB.",
        Refusal("servicebinding/*:p50=3ms"),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("p50=2ms", "p50=2ms")]
    [InlineData("p50=2ms", "service-binding/*:p50=3ms")]
    [InlineData("*/1KB:p99=2ms", "*/echo/*:P99=3ms")]
    public void Two_thresholds_for_one_figure_are_rejected_by_name(string one, string other) => Assert.Equal(
        $"--threshold '{one}' and '{other}' both limit the {Threshold.Parse(one).Quantile} of {s_case}. Accepted: one of them.",
        Refusal("raw-fetch/*:p95=1ms", one, other));

    [Fact]
    public void Units_of_a_threshold_are_listed() => Assert.EndsWith(
        "DURATION is a number above 0 with one of the units s, ms, us, µs, ns.",
        Assert.Throws<UnusableInputException>(() => Threshold.Parse("p50=1min")).Message,
        StringComparison.Ordinal);

    private static string Refusal(params string[] given) => Assert.Throws<UnusableInputException>(
        () => new ThresholdSet(given).RequireUsable([s_case, CaseId.Parse("raw-fetch/echo/100KB")])).Message;

    private static (double P50Ns, double P95Ns, double P99Ns) Limits(ThresholdSet thresholds, CaseId id) =>
        (thresholds.LimitNs(id, Quantile.P50), thresholds.LimitNs(id, Quantile.P95), thresholds.LimitNs(id, Quantile.P99));
}
