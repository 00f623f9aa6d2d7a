using System.Text;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Columns;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Presenting.Wording;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Documents;

/// <summary>Writes <c>percentiles.md</c>, which has the latencies of single calls.</summary>
internal static class PercentilesDocument
{
    public static string Write(RunAnalysis analysis) => new StringBuilder("# Latency of single calls\n\n")
        .AppendItems(ReportBasis.Lines(analysis))
        .Append("- what it does not say: ").Append(ReportBasis.NotCovered).Append("\n\n")
        .Append(MarkdownTable.Write(PercentileColumns.All, analysis.Cases)).Append('\n')
        .Append(RunConditions.WriteLine(analysis.Report)).Append("\n\n")
        .AppendList("Methods", analysis.Report.Methods.Select(method => $"`{method.Id}`: {method.Settings}"))
        .AppendList("Warm-up", WarmUps(analysis.Report))
        .ToString();

    private static IEnumerable<string> WarmUps(RunReport report) =>
        from launch in report.Launches
        from warmUp in launch.WarmUps
        let curve = warmUp.Curve.Select(point => Format.CallDuration(point.P50Ns))
        let courses = CourseCounts.Of(warmUp) is { Length: > 0 } counts ? $"cases: {counts}; " : ""
        select $"launch {launch.Number}, `{warmUp.Method}`: {(warmUp.Steady ? "steady" : "NOT STEADY")}, {warmUp.Reason}; {courses}"
            + $"p50 by half second: {string.Join(", ", curve)}";
}
