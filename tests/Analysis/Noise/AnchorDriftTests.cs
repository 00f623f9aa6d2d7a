using WorkerRpc.Benchmarks.Analysis.Noise;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Analysis.Noise;

public class AnchorDriftTests
{
    private const string Id = "service-binding/echo/1KB";

    [Fact]
    public void Report_says_between_which_launches_and_within_which_launch_the_anchor_moved()
    {
        var analysis = new RunAnalysis(Report([1_000, 1_000], [1_100, 1_120, 1_140], [1_000, 1_050, 1_100]));

        string words = $"the anchor ({Id}) moved by 12 % between launch 1 and 2, and by 10 % within launch 3";
        Assert.Equal(words, analysis.Anchor!.Words);
        Assert.Contains(analysis.Warnings, warning => warning.StartsWith(words + " – ", StringComparison.Ordinal));
        Assert.Contains(
            $"machine: {words}; verdicts widen every interval by × 1.00 below and × 1.01 above", ReportBasis.Lines(analysis));
    }

    [Fact]
    public void One_launch_moves_only_within_itself() => Assert.Equal(
        $"the anchor ({Id}) moved by 20 % within launch 1", AnchorDrift.Of(Report([1_000, 1_200]))!.Words);

    [Fact]
    public void Steady_anchor_widens_nothing_and_gets_no_warning()
    {
        var analysis = new RunAnalysis(Report([1_000, 1_000, 1_000], [1_050, 1_050, 1_050]));

        Assert.Equal((1, 1), (analysis.Anchor!.Drift.Low, analysis.Anchor.Drift.High));
        Assert.DoesNotContain(analysis.Warnings, warning => warning.StartsWith("the anchor", StringComparison.Ordinal));
    }

    [Fact]
    public void Runs_without_one_common_anchor_have_no_drift()
    {
        RunReport report = Report([1_000], [1_000]);
        LaunchReport other = report.Launches[1] with { Anchor = report.Launches[1].Anchor! with { Case = "direct/echo/1KB" } };

        Assert.Null(AnchorDrift.Of(MadeUp.Report(2, MadeUp.Case(Id, 1_000, 1_000))));
        Assert.Null(AnchorDrift.Of(report with { Launches = [report.Launches[0], other] }));
    }

    // 800 µs × 1.05 are below the limit of 1 ms. In the middle of each launch the machine was slower by half for a while.
    [Theory]
    [InlineData(1_000, "viable")]
    [InlineData(1_500, "not known")]
    public void Drift_within_launches_widens_the_verdicts_interval(double slowNs, string expected)
    {
        double[] points = [1_000, 1_000, 1_000, slowNs, slowNs, 1_000, 1_000];

        RunReport report = Report([.. Enumerable.Repeat(points, 6)], ns: 800_000);

        Assert.Equal(expected, CaseVerdict.Words(new RunAnalysis(report).Verdict.Run!.Value));
    }

    /// <summary>
    /// A machine whose speed wanders (standard deviation 5 %, correlation e^-1 after the given part of a launch), and processes that differ
    /// by 3 %. Counts how often the interval of six launches contains the long-run median. The factors of the table are left out.
    /// </summary>
    [Theory(Explicit = true), Trait(LongTests.Trait, LongTests.Value)]
    [InlineData(0.1, 0.95, 0.99)]
    [InlineData(1, 0.88, 0.95)]
    [InlineData(3, 0.75, 0.82)]
    public void Simulated_drift_is_held_more_often_by_the_widened_interval(double correlation, double withRange, double withDrift)
    {
        const int Runs = 2_000;
        (int range, int widened, double width, double widenedWidth) = (0, 0, 0, 0);
        var random = new Random(20_261_130);
        for (int run = 0; run < Runs; run++)
        {
            (double low, double high, AnchorDrift drift) = Simulate(random, correlation, deviation: 0.05);
            (double wideLow, double wideHigh) = (low / drift.Drift.Low, high * drift.Drift.High);
            range += low <= 1 && 1 <= high ? 1 : 0;
            widened += wideLow <= 1 && 1 <= wideHigh ? 1 : 0;
            width += Math.Log(high / low) / Runs;
            widenedWidth += Math.Log(wideHigh / wideLow) / Runs;
        }

        Assert.InRange(range / (double)Runs, withRange - 0.02, withRange + 0.05);
        Assert.InRange(widened / (double)Runs, withDrift, 1);
        Assert.InRange(widenedWidth / width, 1.05, 1.7);
    }

    [Fact]
    public void Simulated_steady_machine_is_widened_by_less_than_1_percent()
    {
        var random = new Random(1);

        AnchorDrift[] drifts = [.. Enumerable.Range(0, 200).Select(_ => Simulate(random, 1, deviation: 0).Drift)];

        Assert.InRange(drifts.Average(drift => drift.Drift.Low * drift.Drift.High), 1, 1.01);
    }

    // Six launches, each with six points of the anchor and one of a case at a random moment. The true median of the case is 1.
    private static (double Low, double High, AnchorDrift Drift) Simulate(Random random, double correlation, double deviation)
    {
        const int Launches = 6;
        const int Points = 6;
        double state = deviation * Normal(random);
        double at = 0;
        var figures = new double[Launches];
        var anchors = new double[Launches][];
        for (int launch = 0; launch < Launches; launch++)
        {
            (double ofCase, double ofAnchor) = (0.03 * Normal(random), 0.03 * Normal(random));
            double moment = random.NextDouble();
            anchors[launch] = new double[Points];
            bool isMeasured = false;
            for (int point = 0; point < Points; point++)
            {
                double time = point / (double)Points;
                if (!isMeasured && moment <= time)
                {
                    Measure();
                }

                Advance(launch + time);
                anchors[launch][point] = 1_000 * Math.Exp(ofAnchor + state + (0.005 * Normal(random)));
            }

            if (!isMeasured)
            {
                Measure();
            }

            void Measure()
            {
                isMeasured = true;
                Advance(launch + moment);
                figures[launch] = Math.Exp(ofCase + state + (0.005 * Normal(random)));
            }
        }

        return (figures.Min(), figures.Max(), AnchorDrift.Of(Report(anchors))!);

        void Advance(double time)
        {
            double kept = Math.Exp(-(time - at) / correlation);
            state = (kept * state) + (Math.Sqrt(1 - (kept * kept)) * deviation * Normal(random));
            at = time;
        }
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static RunReport Report(params double[][] anchors) => Report(anchors, ns: 16_000);

    private static RunReport Report(double[][] anchors, long ns)
    {
        RunReport report = MadeUp.Report(
            anchors.Length,
            MadeUp.Case("direct/echo/1KB", [.. anchors.Select(_ => 50L)]),
            MadeUp.Case(Id, [.. anchors.Select(_ => ns)]));
        return report with
        {
            Launches = [.. report.Launches.Zip(anchors, (launch, points) => launch with { Anchor = AnchorOf(points) })],
        };
    }

    private static AnchorReport AnchorOf(double[] points) => new()
    {
        Case = Id,
        Points = [.. points.Select((ns, index) => new AnchorPoint(8 * index, 1_000, ns))],
    };
}
