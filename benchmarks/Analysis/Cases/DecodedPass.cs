using WorkerRpc.Benchmarks.Analysis.Figures;
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

    /// <summary>
    /// Adds up the durations of the calls beyond the p99 that took at least <paramref name="aboveP50Ns"/> longer than the p50, in ns.
    /// </summary>
    public double BeyondP99Ns(double aboveP50Ns) => clock.ToNs(_total.TimeAbove(Math.Max(
        _total.ValueAt(Quantile.P99.Share), aboveP50Ns > 0 ? _total.ValueAt(Quantile.P50.Share) + clock.ToTicks(aboveP50Ns) : 0)));

    private double Ns(RecordedCalls calls, double share) => clock.ToNs(calls.ValueAt(share));
}
