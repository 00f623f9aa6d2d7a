using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;

namespace WorkerRpc.Studies;

/// <summary>What one launch of a study measured.</summary>
/// <param name="cases">The figures of each case.</param>
/// <param name="many">What several callers at once reached, by their number.</param>
/// <param name="peakMemoryBytes">The most memory that the process used, in bytes; NaN if unknown.</param>
internal sealed class LaunchFigures(
    IReadOnlyDictionary<CaseId, CaseFigures> cases, IReadOnlyDictionary<int, CallersResult> many, double peakMemoryBytes)
{
    /// <summary>The most memory that the process used, in bytes; NaN if unknown.</summary>
    public double PeakMemoryBytes => peakMemoryBytes;

    /// <summary>A case's p50, in ns; NaN if unknown.</summary>
    public double P50(CaseId id) => cases[id].P50Ns ?? double.NaN;

    /// <summary>A case's p99, in ns; NaN if unknown.</summary>
    public double P99(CaseId id) => cases[id].P99Ns ?? double.NaN;

    /// <summary>Bytes allocated per call; NaN if unknown.</summary>
    public double Allocated(CaseId id) => cases[id].AllocatedBytes ?? double.NaN;

    /// <summary>What this number of callers reached.</summary>
    public CallersResult Callers(int callers) => many[callers];
}
