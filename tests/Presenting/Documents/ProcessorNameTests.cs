using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Presenting.Page;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Presenting.Documents;

public class ProcessorNameTests
{
    // Two generations of processors that call themselves "AMD EPYC".
    private const string Genoa = "family 25, model 17, stepping 1, microcode 0x1000065";
    private const string Turin = "family 26, model 2, stepping 1, microcode 0x1000065";

    [Fact]
    public void Header_and_history_tell_processor_generations_apart()
    {
        RunReport[] reports = [Of(Genoa), Of(Turin), Of(null)];

        Assert.Contains(
            ReportBasis.Lines(new RunAnalysis(reports[0])),
            line => line.StartsWith($"AMD EPYC ({Genoa}), 2 cores", StringComparison.Ordinal));
        Assert.Equal(3, reports.Select(PageHistory.Fingerprint).Distinct().Count());
    }

    [Fact]
    public void Compare_tells_processor_generations_apart() =>
        Assert.Equal(3, new[] { Of(Genoa), Of(Turin), Of(null) }.Select(RunConditions.Write).Distinct().Count());

    [Fact]
    public void Report_of_older_program_has_only_the_name() => Assert.Contains(
        ReportBasis.Lines(new RunAnalysis(Of(null))), line => line.StartsWith("AMD EPYC, 2 cores", StringComparison.Ordinal));

    private static RunReport Of(string? version)
    {
        RunReport report = MadeUp.Report(6, MadeUp.Case("direct/echo/1KB", [.. Enumerable.Repeat(1_000L, 6)]));
        return report with { Environment = report.Environment! with { Cpu = "AMD EPYC", CpuVersion = version } };
    }
}
