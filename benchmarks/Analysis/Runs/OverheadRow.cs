using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Costs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;

namespace WorkerRpc.Benchmarks.Analysis.Runs;

/// <summary>A case compared with direct, with its verdict.</summary>
/// <param name="Case">The case.</param>
/// <param name="Verdict">Its verdict.</param>
/// <param name="Split">Its p50 in parts; null for a method that names no parts.</param>
internal sealed record OverheadRow(CaseSummary Case, CaseVerdict Verdict, TimeSplit? Split)
{
    public OverheadFigures Overhead => Case.Overhead!;

    /// <summary>What a reader has to know beside the figures: why the case is not viable, and what is unknown.</summary>
    public IReadOnlyList<string> Notes =>
        [.. new[] { Verdict.Reason, Case.DelegationNote }.OfType<string>().Where(note => note.Length > 0)];
}
