using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Analysis.Runs;

public class DriftTests
{
    [Fact]
    public void Worst_pass_is_the_one_that_changed_most_in_either_direction()
    {
        PassReport pass = MadeUp.Pass((100_000, MadeUp.Calls));
        PassReport Ending(double ns) => pass with { LastThirdP50Ns = ns };

        var drift = new Drift(MadeUp.Report(4, MadeUp.Case(
            "direct/echo/1KB", [Ending(85_000), Ending(95_000), Ending(109_000), Ending(130_000)])));

        Assert.Equal("p50 changed by more than 10 % within 2 of 4 passes (1 fell, 1 rose)", drift.Drifted);
        Assert.Equal("p50 rose from 100 µs to 130 µs within launch 4", drift.Worst!.Words);
    }

    [Fact]
    public void Page_of_the_committed_run_counts_its_passes_that_changed()
    {
        string root = SourceState.Root;
        var analysis = new RunAnalysis(RunReportJson.Read(Path.Combine(root, "artifacts", "baseline", "report.json")));

        string page = File.ReadAllText(Path.Combine(root, "docs", "baseline.md")).ReplaceLineEndings(" ");

        int notWarm = analysis.Cases.Count(one => !one.Warmth.IsWarm);
        Assert.Contains($"{notWarm} of {analysis.Cases.Count} cases were not warm", page, StringComparison.Ordinal);
        Assert.Contains(analysis.Drift.Drifted!, page, StringComparison.Ordinal);
    }
}
