using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;

namespace WorkerRpc.Studies;

/// <summary>The figures of one launch of a study.</summary>
/// <param name="cases">Figures of each case.</param>
/// <param name="concurrent">Figures of concurrent callers, by the number of callers.</param>
/// <param name="peakMemoryBytes">Peak memory of the process, in bytes; NaN if unknown.</param>
internal sealed class LaunchFigures(
    IReadOnlyDictionary<CaseId, CaseFigures> cases, IReadOnlyDictionary<int, CallersResult> concurrent, double peakMemoryBytes)
{
    /// <summary>Peak memory of the process, in bytes; NaN if unknown.</summary>
    public double PeakMemoryBytes => peakMemoryBytes;

    /// <summary>A case's p50, in ns; NaN if unknown.</summary>
    public double P50(CaseId id) => cases[id].P50Ns ?? double.NaN;

    /// <summary>A case's p99, in ns; NaN if unknown.</summary>
    public double P99(CaseId id) => cases[id].P99Ns ?? double.NaN;

    /// <summary>Bytes allocated per call; NaN if unknown.</summary>
    public double Allocated(CaseId id) => cases[id].AllocatedBytes ?? double.NaN;

    /// <summary>The figures of a number of concurrent callers.</summary>
    public CallersResult Callers(int callers) => concurrent[callers];
}
