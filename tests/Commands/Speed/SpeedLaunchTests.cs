using System.Diagnostics;
using WorkerRpc.Benchmarks.Commands.Speed;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Commands.Speed;

// It looks at all processes that run.
[Collection(Alone.Name)]
public class SpeedLaunchTests
{
    [Fact]
    public async Task A_launch_measures_its_cells_a_reference_and_the_plain_program_among_them_and_many_callers()
    {
        CaseId pipe = SpeedCells.Echo(SpeedCells.Pipe, SpeedCells.Smallest);
        CaseId[] cells = [pipe, SpeedCells.Echo(SpeedCells.Plain, SpeedCells.Smallest), SpeedCells.Row("memory-copy", SpeedCells.Largest)];

        SpeedFigures run = await SpeedLaunch.RunAsync(cells, (pipe, [2]), settings: [], TimeSpan.FromSeconds(0.4), seed: 1, TestContext.Current.CancellationToken);

        Assert.All(cells, cell => Assert.True(run.P50(cell) > 0, $"{cell}: {run.P50(cell)}"));
        Assert.True(run.Crowd(2) is { CallsPerSecond: > 0, LongestNs: > 0 });
        Assert.True(run.PeakMemoryBytes > 0);
        Assert.DoesNotContain(Process.GetProcesses(), process => process.ProcessName == "WorkerRpc.Bench");
    }

    [Fact]
    public async Task A_setting_reaches_the_process()
    {
        CaseId[] cells = [SpeedCells.Row("hop", SpeedCells.Smallest)];

        // With a heap of one byte no runtime starts.
        await Assert.ThrowsAsync<UnusableInputException>(() => SpeedLaunch.RunAsync(
            cells, crowded: null, [("GCHeapHardLimit", "1")], TimeSpan.Zero, seed: 1, TestContext.Current.CancellationToken));
    }
}
