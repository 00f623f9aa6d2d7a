using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Studies;

namespace WorkerRpc.Tests.Studies;

/// <summary>The factors by which verdicts widen a range are those of the recorded runs.</summary>
public class WideningStudyTests
{
    private const string Case = "pipe/echo/1KB";

    private static readonly IReadOnlyList<RecordedRun> s_runs = RunPool.Read(WideningStudy.Path).Runs;

    private static readonly RunPair s_recorded = new(s_runs[0], s_runs[1]);

    [Theory]
    [InlineData("p50")]
    [InlineData("p95")]
    [InlineData("p99")]
    public void Table_has_the_factors_and_shares_of_the_recorded_runs(string name)
    {
        Quantile quantile = Quantile.Limited.Single(one => one.Name == name);
        foreach (int launches in Enumerable.Range(1, Widening.MaxLaunches))
        {
            IReadOnlyList<RangeCheck> times = s_recorded.Times(quantile, launches);

            Assert.Equal(s_recorded.FactorOf(quantile, launches), Widening.Factor(quantile, launches), 6);
            Assert.Equal(RunPair.Held(times, 1) * 100, Widening.HeldPercent(quantile, launches), 0.51);
            Assert.InRange(RunPair.Held(times, Widening.Factor(quantile, launches)), Widening.Share, 1);
            Assert.InRange(
                RunPair.Held(s_recorded.Overheads(quantile, launches), Widening.Factor(quantile, launches)), Widening.Share, 1);
        }
    }

    [Fact]
    public void Factor_reaches_the_median_of_the_other_run()
    {
        // The first run's range of 100 to 110 reaches the median of 220 by × 2.
        // The second run's range of 200 to 240 reaches the median of 105 by × 200 / 105.
        var pair = new RunPair(Run(100, 110), Run(200, 240));

        Assert.Equal([2, 200 / 105.0], pair.Times(Quantile.P50, 2).Where(check => check.Case == Case).Select(check => check.Needed));
        Assert.Equal(2.1, pair.FactorOf(Quantile.P50, 2));
        // Overheads above direct's 10: 90 to 100 and a median of 210; 190 to 230 and a median of 95.
        Assert.Equal([2.1, 2], pair.Overheads(Quantile.P50, 2).Select(check => Math.Round(check.Needed, 9)));
    }

    private static RecordedRun Run(params double[] ns) => new()
    {
        StartedAt = DateTimeOffset.UnixEpoch,
        Seconds = 1,
        Commit = null,
        Launches =
        [
            .. ns.Select(each => new Dictionary<string, CaseFigures> { [Case] = Of(each), ["direct/echo/1KB"] = Of(10) }),
        ],
    };

    private static CaseFigures Of(double ns) => new()
    {
        Calls = 1_000,
        P50Ns = ns,
        P95Ns = ns,
        P99Ns = ns,
        MeanNs = ns,
        AllocatedBytes = null,
        SlowShare = null,
    };
}
