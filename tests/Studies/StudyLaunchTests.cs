using System.Diagnostics;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;
using WorkerRpc.Studies;

namespace WorkerRpc.Tests.Studies;

// Runs alone, because it looks at every process of the machine.
[Collection(Alone.Name)]
public class StudyLaunchTests
{
    [Fact]
    public async Task Launch_measures_methods_references_and_concurrent_callers()
    {
        CaseId pipe = StudyCases.Echo(StudyCases.Pipe, StudyCases.Smallest);
        CaseId plain = StudyCases.Echo(StudyCases.Plain, StudyCases.Smallest);
        CaseId[] cases = [pipe, plain, StudyCases.Reference("memory-copy", StudyCases.Largest)];

        LaunchFigures run = await StudyLaunch.RunAsync(
            cases, (pipe, [2]), settings: [], TimeSpan.FromSeconds(0.4), seed: 1, TestContext.Current.CancellationToken);

        Assert.All(cases, id => Assert.True(run.P50(id) > 0, $"{id}: {run.P50(id)}"));
        Assert.All(cases, id => Assert.True(run.Cpu(id) > 0, $"{id}: {run.Cpu(id)}"));
        Assert.True(run.Callers(2) is { CallsPerSecond: > 0, LongestNs: > 0 });
        Assert.True(run.PeakMemoryBytes > 0);
        Assert.DoesNotContain(Process.GetProcesses(), process => process.ProcessName == "WorkerRpc.Bench");
    }

    [Fact]
    public async Task Settings_reach_the_process()
    {
        CaseId[] cases = [StudyCases.Reference("hop", StudyCases.Smallest)];

        // With a heap of one byte no runtime starts.
        await Assert.ThrowsAsync<UnusableInputException>(() => StudyLaunch.RunAsync(
            cases, concurrent: null, [("GCHeapHardLimit", "1")], TimeSpan.Zero, seed: 1, TestContext.Current.CancellationToken));
    }
}
