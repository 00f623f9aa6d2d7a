using System.Text;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Columns;
using WorkerRpc.Benchmarks.Presenting.Tables;

namespace WorkerRpc.Benchmarks.Presenting.Documents;

/// <summary>Writes <c>callers.md</c>, which has the figures of several concurrent callers.</summary>
internal static class CallersDocument
{
    public static string Write(RunAnalysis analysis) => new StringBuilder("# Calls by several callers at once\n\n")
        .AppendItems(ReportBasis.Lines(analysis))
        .Append("- what it does not say: how long calls wait at a given rate of requests, for a caller that waits for its answer ")
        .Append("calls less; one machine, whose cores callers and runtime share\n\n")
        .Append("Each caller calls again as soon as it is answered. Calls a second are of all callers together; ")
        .Append("what a caller sees is in the percentiles; processor time and allocation are the whole process's, a call. ")
        .Append("× one caller is calls a second ÷ those of one caller in the same launch: where it stays near 1, what the calls share ")
        .Append("has no more to give, and the p50 grows with the callers. A method that never waits, as `direct`, has its callers ")
        .Append("take turns on the processors, so its percentiles do not grow.\n\n")
        .Append(MarkdownTable.Write(CallersColumns.All, analysis.Callers))
        .ToString();
}
