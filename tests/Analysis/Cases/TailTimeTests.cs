using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Presenting.Page;
using WorkerRpc.Benchmarks.Presenting.Terminal;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Analysis.Cases;

public class TailTimeTests
{
    private const string Words = "99.8 % of the time went to calls beyond p99, up to 300 ms; the mean is ";

    private static readonly CaseReport s_direct = MadeUp.Flat("direct/echo/1KB", 400);

    [Fact]
    public void Stall_that_no_percentile_shows_is_named_everywhere()
    {
        // 300 ms every 1,500 calls of 420 ns.
        var analysis = new RunAnalysis(Report(MadeUp.Pass((420, 1_499), (300_000_000, 1))));

        CaseSummary one = analysis.Cases[1];
        Assert.Equal(Viability.Viable, analysis.Verdict.Run);
        Assert.InRange(one.Tail!.Share, 0.99, 1);
        Assert.Contains(one.Notes, note => note.StartsWith(Words, StringComparison.Ordinal));
        Assert.Contains(analysis.Warnings, warning => warning.StartsWith("stalls: service-binding/echo/1KB", StringComparison.Ordinal));
        Assert.Contains(
            RecommendationText.Lines(analysis),
            line => line.StartsWith("but service-binding stalls: in echo/1KB " + Words, StringComparison.Ordinal));
        Assert.Contains(RecommendationText.Lines(analysis), line => line.Contains(" (stalls)", StringComparison.Ordinal));
        Assert.Contains(
            Screen.Of(analysis, MadeUp.Next).Lines,
            line => line.Label == "stall" && line.Text.StartsWith("service-binding/echo/1KB: " + Words, StringComparison.Ordinal));
        Assert.StartsWith("but service-binding stalls", Assert.Single(PageVerdict.Of(analysis).Ranked).Stalls, StringComparison.Ordinal);
        Assert.Contains("time beyond p99", PercentilesDocument.Write(analysis), StringComparison.Ordinal);
    }

    [Fact]
    public void Pause_under_a_caller_in_another_process_is_named()
    {
        // The runtime was paused for 5 s once. The caller reports no collections and no stalls.
        PassReport pass = MadeUp.Pass((300_000, 6_400), (1_670_000, 300), (5_000_000_000, 1));
        var analysis = new RunAnalysis(MadeUp.OfCaller(Report(pass with { Stalls = null })));

        Assert.Contains(analysis.Cases[1].Notes, note => note.Contains("beyond p99, up to 5.00 s", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(15_000_000, true)]
    [InlineData(5_000_000, false)]
    public void Rare_calls_stall_from_10_ms_above_p50(long slowNs, bool isStall)
    {
        // The slow calls are 0.5 % of the calls. They take 43 % or 20 % of the time.
        var analysis = new RunAnalysis(Report(MadeUp.Pass((100_000, 1_990), (slowNs, 10))));

        Assert.Equal(isStall, analysis.Cases[1].Tail!.IsStall);
    }

    [Theory]
    [InlineData(5_000_000, 7, true)]
    [InlineData(5_000_000, 1, false)]
    public void Half_of_the_time_is_a_stall_from_10_ms_a_launch(long slowNs, int slow, bool isStall)
    {
        var analysis = new RunAnalysis(Report(MadeUp.Pass((140, 10_000), (slowNs, slow))));

        Assert.InRange(analysis.Cases[1].Tail!.Share, 0.7, 1);
        Assert.Equal(isStall, analysis.Cases[1].Tail!.IsStall);
    }

    [Fact]
    public void Usual_tail_is_no_stall() =>
        Assert.False(new RunAnalysis(Report(MadeUp.Pass(10_000, 20_000, 60_000, 200_000))).Cases[1].Tail!.IsStall);

    [Fact]
    public void Tail_is_unknown_with_too_few_calls() =>
        Assert.Null(new RunAnalysis(Report(MadeUp.Pass((10_000, 998), (300_000_000, 1)))).Cases[1].Tail);

    private static RunReport Report(PassReport pass) =>
        MadeUp.Report(6, s_direct, MadeUp.Case("service-binding/echo/1KB", Enumerable.Repeat(pass, 6)));
}
