using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Studies;

namespace WorkerRpc.Tests.Studies;

public sealed class EarlyStudyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rule_has_the_greatest_recorded_ratios_and_errs_nowhere()
    {
        IReadOnlyList<RecordedCase> cases = EarlyStudy.Recorded();

        IReadOnlyDictionary<Quantile, IReadOnlyList<double>> greatest = EarlyStudy.GreatestRatios(cases);
        // The rule rounds up by less than 1 %.
        Assert.All(Quantile.Limited, quantile => Assert.All(
            greatest[quantile].Zip(EarlyVerdict.GreatestRatios[quantile]),
            pair => Assert.InRange(pair.Second, pair.First, pair.First * 1.01)));
        double[] shares = [0.01, 0.1, 0.5, 1, 2, 10, 100];
        EarlyErrors errors = EarlyStudy.Count("", cases, EarlyVerdict.GreatestRatios, shares);
        Assert.Equal(0, errors.Wrong);
        Assert.True(errors.Certain > 10_000);
    }

    [Fact]
    public void Study_counts_a_wrong_verdict()
    {
        RecordedCase direct = RecordedCase.Read(Write("run,direct/echo/1KB,0 0 0 0 0 0,0 0 0 0 0 0,0 0 0 0 0 0"))[0];
        double[] ns = [1e6, 1e6, 1e6, 1e6, 1e6, 100e6];
        RecordedCase slow = direct with
        {
            Id = direct.Id.By("pipe"),
            NsByLaunch = Quantile.Limited.ToDictionary(quantile => quantile, _ => (IReadOnlyList<double>)ns),
        };

        // The limit is ten times the median. Five launches, and ten pairs of them, say viable. The sixth launch says not viable. All
        // launches together straddle the limit.
        EarlyErrors errors = EarlyStudy.Count("", [direct, slow], EarlyVerdict.GreatestRatios, [0.1]);

        Assert.Equal(3 * (5 + 10 + 1), errors.Wrong);
    }

    [Theory]
    [InlineData("run,direct/echo/1KB,1 2,1 2")]
    [InlineData("run,direct/echo,1 2,1 2,1 2")]
    [InlineData("run,direct/echo/1KB,1 2,1,1 2")]
    [InlineData("run,direct/echo/1KB,1 x,1 2,1 2")]
    public void Damaged_line_is_refused(string line)
    {
        WorkerRpc.Functions.UnusableInputException error =
            Assert.Throws<WorkerRpc.Functions.UnusableInputException>(() => RecordedCase.Read(Write(line)));

        Assert.Contains("line 2: expected a run, a case and 3 lists of times in ns", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Line_reads_back_as_it_was_written()
    {
        const string Line = "run,direct/echo/1KB,130 141.5,200 210,1000 900";

        Assert.Equal(Line, Assert.Single(RecordedCase.Read(Write(Line))).Line);
    }

    private string Write(string line)
    {
        string path = _folder.File("launches.csv");
        File.WriteAllText(path, RecordedCase.Header + "\n" + line + "\n");
        return path;
    }
}
