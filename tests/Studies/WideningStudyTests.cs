using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Studies;
using WorkerRpc.Tests.Docs;

namespace WorkerRpc.Tests.Studies;

/// <summary>The factors by which verdicts widen a range are those of the recorded runs.</summary>
public class WideningStudyTests
{
    private const string Case = "pipe/echo/1KB";

    private static readonly IReadOnlyList<RunPairs> s_records = WideningStudy.Records();

    [Theory]
    [InlineData("p50")]
    [InlineData("p95")]
    [InlineData("p99")]
    public void Table_has_the_factors_and_shares_of_the_recorded_runs(string name)
    {
        Quantile quantile = Quantile.Limited.Single(one => one.Name == name);
        foreach (int launches in Enumerable.Range(1, Widening.MaxLaunches))
        {
            double factor = Widening.Factor(quantile, launches);

            Assert.Equal(RunPairs.FactorOf(s_records, quantile, launches), factor, 6);
            Assert.Equal(RunPairs.HeldPercent(s_records, quantile, launches), Widening.HeldPercent(quantile, launches));
            Assert.All(s_records, pairs => Assert.InRange(RunPairs.Held(pairs.Times(quantile, launches), factor), Widening.Share, 1));
            Assert.All(s_records, pairs => Assert.InRange(RunPairs.Held(pairs.Overheads(quantile, launches), factor), Widening.Share, 1));
        }
    }

    [Fact]
    public async Task Study_confirms_the_tables_that_verdicts_use()
    {
        using var output = new StringWriter();

        Assert.True(await WideningStudy.RunAsync(output, TextWriter.Null, TestContext.Current.CancellationToken), output.ToString());
    }

    [Fact]
    public void Study_rejects_the_tables_of_other_runs() =>
        Assert.False(WideningStudy.IsOfVerdicts([new RunPairs([(Run(0, 100, 110), Run(3, 200, 240))])]));

    [Fact]
    public void Readme_and_docs_state_the_tables_shares()
    {
        int[] held = [.. Quantile.Limited.Select(quantile => Widening.HeldPercent(quantile, Widening.MaxLaunches))];
        string shares = FormattableString.Invariant($"{held[0]} % of the cases for p50, {held[1]} % for p95 and {held[2]} % for p99");

        Assert.All(
            ["README.md", "docs/reading-results.md"],
            page => Assert.Contains(shares, OneLine(MarkdownPage.Read(page)), StringComparison.Ordinal));
    }

    [Fact]
    public void Docs_state_the_tables_factors()
    {
        string Factor(Quantile quantile, int launches) => FormattableString.Invariant($"× {Widening.Factor(quantile, launches):0.00}");

        Assert.Contains(
            $"for a p50 {Factor(Quantile.P50, 1)} with one launch, {Factor(Quantile.P50, 2)} with two and {Factor(Quantile.P50, 6)} with "
            + $"six; for a p99 {Factor(Quantile.P99, 1)}, {Factor(Quantile.P99, 2)} and {Factor(Quantile.P99, 6)}",
            OneLine(MarkdownPage.Read("docs/reading-results.md")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Docs_state_the_share_of_the_method_that_is_held_least()
    {
        double least = (
            from pairs in s_records
            from quantile in Quantile.Limited
            from launches in Enumerable.Range(1, Widening.MaxLaunches)
            select RunPairs.HeldByMethod(pairs.Times(quantile, launches), Widening.Factor(quantile, launches))[0].Held).Min();

        Assert.Contains(
            FormattableString.Invariant($"For single methods it held fewer: down to {100 * least:0} %."),
            OneLine(MarkdownPage.Read("docs/reading-results.md")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Factor_reaches_the_median_of_the_other_run()
    {
        // The first run's range of 100 to 110 reaches the median of 220 by × 2.
        // The second run's range of 200 to 240 reaches the median of 105 by × 200 / 105.
        var pair = new RunPairs([(Run(0, 100, 110), Run(3, 200, 240))]);

        Assert.Equal([2, 200 / 105.0], pair.Times(Quantile.P50, 2).Where(check => check.Case == Case).Select(check => check.Needed));
        Assert.Equal(2.1, pair.FactorOf(Quantile.P50, 2));
        // Overheads above direct's 10: 90 to 100 and a median of 210; 190 to 230 and a median of 95.
        Assert.Equal([2.1, 2], pair.Overheads(Quantile.P50, 2).Select(check => Math.Round(check.Needed, 9)));
    }

    [Fact]
    public void All_pairs_of_different_sittings_are_pooled()
    {
        // The first two runs are one sitting, and their ranges hold each other's medians. The third run is three hours later.
        RunPool pool = Pool(Run(0, 100, 110), Run(0.5, 100, 110), Run(3, 200, 240));
        var apart = RunPairs.BetweenSittings(pool);
        var together = RunPairs.WithinSittings(pool);

        Assert.Equal((2, 1), (apart.Count, together.Count));
        Assert.Equal([2, 200 / 105.0, 2, 200 / 105.0], Needed(apart));
        Assert.Equal([1, 1], Needed(together));

        static IEnumerable<double> Needed(RunPairs pairs) =>
            pairs.Times(Quantile.P50, 2).Where(check => check.Case == Case).Select(check => check.Needed);
    }

    private static string OneLine(MarkdownPage page) => string.Join(' ', page.Lines.Select(line => line.Trim()));

    private static RunPool Pool(params RecordedRun[] runs) => new(
        new RunPoolHeader { Version = RunPoolHeader.CurrentVersion, Conditions = new Dictionary<string, string>(), Launches = 2 }, runs);

    private static RecordedRun Run(double hours, params double[] ns) => new()
    {
        StartedAt = DateTimeOffset.UnixEpoch.AddHours(hours),
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
