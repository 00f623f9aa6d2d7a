using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Cases;

/// <summary>One launch's pass of a case, with its histograms decoded.</summary>
internal sealed class DecodedPass(PassReport report, ClockFloor clock)
{
    private readonly RecordedCalls _total = RecordedCalls.Decode(report.Histogram);
    private readonly RecordedCalls? _delegation = report.DelegationHistogram is { } encoded ? RecordedCalls.Decode(encoded) : null;

    public PassReport Report => report;

    public ClockFloor Clock => clock;

    /// <summary>A quantile, from 0 to 1, of the calls' times, in ns.</summary>
    public double TotalNs(double share) => Ns(_total, share);

    /// <summary>A quantile, from 0 to 1, of the calls' times without the function's own time, in ns.</summary>
    /// <exception cref="InvalidOperationException">The pass has no delegation histogram.</exception>
    public double DelegationNs(double share) =>
        Ns(_delegation ?? throw new InvalidOperationException($"Launch {report.Launch} has no delegation histogram."), share);

    private double Ns(RecordedCalls calls, double share) => clock.ToNs(calls.ValueAt(share));
}
