using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Studies;

namespace WorkerRpc.Tests.Studies;

public class CoverageStudyTests
{
    // README and docs/reading-results.md state the shares of the first line, and the p50 of the other two.
    [Theory]
    [InlineData("2026-11-26T10:25Z", "2026-11-26T13:31Z", 84, 87, 89)]
    [InlineData("2026-11-25T22:10Z", "2026-11-26T10:25Z", 55, 59, 69)]
    [InlineData("2026-11-25T22:10Z", "2026-11-26T13:31Z", 43, 47, 62)]
    public void Recorded_ranges_hold_as_often_as_the_docs_say(string first, string second, int p50, int p95, int p99)
    {
        IReadOnlyList<RecordedCase> cases = RecordedCase.Read(EarlyStudy.Path);

        int[] percent = [.. Quantile.Limited.Select(quantile =>
            (int)Math.Round(CoverageStudy.Of(cases, first, second, quantile, 6).Held * 100))];

        Assert.Equal([p50, p95, p99], percent);
    }

    [Fact]
    public void Factor_moves_the_range_to_the_median_of_the_other_run()
    {
        RecordedCase one = RecordedCase.Read(EarlyStudy.Path)[0];
        RecordedCase Of(string run, double[] ns) => one with
        {
            Run = run,
            NsByLaunch = Quantile.Limited.ToDictionary(quantile => quantile, _ => (IReadOnlyList<double>)ns),
        };

        // The median of b, 20, is twice the greatest launch of a. The median of a, 9, is a half of the least launch of b.
        Coverage coverage = CoverageStudy.Of([Of("a", [8, 9, 10]), Of("b", [18, 20, 22])], "a", "b", Quantile.P50, 3);

        Assert.Equal(new Coverage(0, 2), coverage);
    }
}
