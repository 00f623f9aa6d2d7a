using WorkerRpc.Benchmarks.Commands.Speed;
using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;

namespace WorkerRpc.Tests.Commands.Speed;

public class SpeedLineTests
{
    private static readonly SpeedLine s_atMost = new("a <= b", run => run.Crowd(1).LongestNs, run => run.Crowd(8).LongestNs, ns => $"{ns} ns");
    private static readonly SpeedLine s_atLeast = s_atMost with { AtLeast = true };

    [Fact]
    public void A_figure_at_its_limit_passes_and_one_beyond_it_fails()
    {
        Assert.Equal((true, "pass  a <= b: 100 ns against 100 ns, ratio 1.000 [1.000 - 1.000]"), s_atMost.Judge([Run(100, 100), Run(100, 100)]));
        Assert.False(s_atMost.Judge([Run(101, 100), Run(101, 100)]).Passed);
        Assert.False(s_atLeast.Judge([Run(99, 100), Run(99, 100)]).Passed);
        Assert.True(s_atLeast.Judge([Run(101, 100), Run(101, 100)]).Passed);
    }

    [Fact]
    public void The_ratio_is_taken_within_each_launch_and_its_median_decides()
    {
        // The medians alone, 100 against 200, would pass.
        (bool passed, string told) = s_atMost.Judge([Run(100, 90), Run(50, 200), Run(300, 250)]);

        Assert.False(passed);
        Assert.EndsWith("100 ns against 200 ns, ratio 1.111 [0.250 - 1.200]", told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_figure_that_is_not_known_in_one_launch_fails_and_says_so()
    {
        (bool passed, string told) = s_atMost.Judge([Run(1, 100), Run(double.NaN, 100)]);

        Assert.Equal((false, "FAIL  a <= b: not known against 100 ns"), (passed, told));
    }

    [Theory]
    [InlineData(120, 130, true)]
    [InlineData(90, 101, true)]
    [InlineData(111, 120, false)]
    public void A_unix_socket_fails_only_where_its_whole_range_lies_above_raw_fetchs(double least, double greatest, bool passes)
    {
        SpeedFigures[] launches = [Sockets(unix: least, raw: 100), Sockets(unix: greatest, raw: passes ? 125 : 110)];

        (bool passed, string told) = SpeedStudy.Unix(launches);

        Assert.Equal(passes, passed);
        Assert.StartsWith(passes ? "pass" : "FAIL", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_line_is_of_cells_that_are_measured()
    {
        Assert.All(SpeedLine.All, line => Assert.DoesNotContain("not known", Told(line, SpeedCells.All), StringComparison.Ordinal));
        Assert.All(CapnWebSpeed.Lines, line => Assert.DoesNotContain("not known", Told(line, CapnWebSpeed.Cells), StringComparison.Ordinal));

        static string Told(SpeedLine line, IReadOnlyList<CaseId> cells) => line.Judge(
            [new SpeedFigures(cells.ToDictionary(cell => cell, _ => Figures(100)), SpeedCells.Callers.ToDictionary(callers => callers, _ => new Crowded(1_000, 1_000)), peakMemoryBytes: 1)]).Told;
    }

    private static SpeedFigures Run(double first, double second) => new(
        new Dictionary<CaseId, CaseFigures>(), new Dictionary<int, Crowded> { [1] = new(1, first), [8] = new(1, second) }, peakMemoryBytes: 1);

    private static SpeedFigures Sockets(double unix, double raw) => new(
        SpeedCells.All.ToDictionary(cell => cell, cell => Figures(cell.Method == SpeedCells.UnixSocket ? unix : raw)), new Dictionary<int, Crowded>(), peakMemoryBytes: 1);

    private static CaseFigures Figures(double ns) => new()
    {
        Calls = 10_000,
        P50Ns = ns,
        P95Ns = ns,
        P99Ns = ns,
        MeanNs = ns,
        AllocatedBytes = 100,
        SlowShare = 0,
    };
}
