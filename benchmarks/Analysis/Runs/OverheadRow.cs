using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Costs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;

namespace WorkerRpc.Benchmarks.Analysis.Runs;

/// <summary>A case compared with the method "direct", with its verdict.</summary>
/// <param name="Case">The case.</param>
/// <param name="Verdict">The case's verdict.</param>
/// <param name="Split">The parts of the case's p50; null if there are no reference rows for the case's method.</param>
internal sealed record OverheadRow(CaseSummary Case, CaseVerdict Verdict, TimeSplit? Split)
{
    public OverheadFigures Overhead => Case.Overhead!;

    /// <summary>Remarks for the reader of the report: why the case is not viable, and why figures are unknown.</summary>
    public IReadOnlyList<string> Notes =>
        [.. new[] { Verdict.Reason, Case.DelegationNote }.OfType<string>().Where(note => note.Length > 0)];
}
