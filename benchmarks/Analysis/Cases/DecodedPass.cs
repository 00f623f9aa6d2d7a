using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Cases;

/// <summary>The timed calls of one case in one launch, with their histograms decoded.</summary>
internal sealed class DecodedPass(PassReport report, ClockFloor clock)
{
    private readonly RecordedCalls _total = RecordedCalls.Decode(report.Histogram);
    private readonly RecordedCalls? _delegation = report.DelegationHistogram is { } encoded ? RecordedCalls.Decode(encoded) : null;

    public PassReport Report => report;

    public ClockFloor Clock => clock;

    /// <summary>The durations of the calls, in ticks of <see cref="Clock"/>.</summary>
    public RecordedCalls Total => _total;

    /// <summary>Computes a quantile of the calls' times, in ns. The quantile is given as a share of the calls, from 0 to 1.</summary>
    public double TotalNs(double share) => Ns(_total, share);

    /// <summary>
    /// Computes a quantile of the calls' times without the function's own time, in ns. The quantile is given as a share of the calls, from
    /// 0 to 1.
    /// </summary>
    /// <exception cref="InvalidOperationException">The pass has no histogram of the times without the function's own time.</exception>
    public double DelegationNs(double share) =>
        Ns(_delegation ?? throw new InvalidOperationException($"Launch {report.Launch} has no delegation histogram."), share);

    private double Ns(RecordedCalls calls, double share) => clock.ToNs(calls.ValueAt(share));
}
