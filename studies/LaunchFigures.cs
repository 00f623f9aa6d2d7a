using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;

namespace WorkerRpc.Studies;

/// <summary>The figures that one launch of a study measured.</summary>
/// <param name="cases">The figures of each case.</param>
/// <param name="cpuNs">The processor time of a call of each case, in ns, or NaN if unknown.</param>
/// <param name="concurrent">The figures with concurrent callers; the key is the number of callers.</param>
/// <param name="peakMemoryBytes">The peak memory of the process, in bytes, or NaN if unknown.</param>
internal sealed class LaunchFigures(
    IReadOnlyDictionary<CaseId, CaseFigures> cases,
    IReadOnlyDictionary<CaseId, double> cpuNs,
    IReadOnlyDictionary<int, CallersResult> concurrent,
    double peakMemoryBytes)
{
    /// <summary>The peak memory of the process, in bytes, or NaN if unknown.</summary>
    public double PeakMemoryBytes => peakMemoryBytes;

    /// <summary>Returns the p50 of a case, in ns, or NaN if unknown.</summary>
    public double P50(CaseId id) => cases[id].P50Ns ?? double.NaN;

    /// <summary>Returns the p99 of a case, in ns, or NaN if unknown.</summary>
    public double P99(CaseId id) => cases[id].P99Ns ?? double.NaN;

    /// <summary>Returns the processor time of a call of a case, in ns, or NaN if unknown. It includes both ends of the call.</summary>
    public double Cpu(CaseId id) => cpuNs[id];

    /// <summary>Returns the bytes that a call of a case allocates, or NaN if unknown.</summary>
    public double Allocated(CaseId id) => cases[id].AllocatedBytes ?? double.NaN;

    /// <summary>Returns the figures for a number of concurrent callers.</summary>
    public CallersResult Callers(int callers) => concurrent[callers];
}
