using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Results.Pools;

/// <summary>The figures of one case, measured by one process or in one launch. A figure is null if unknown.</summary>
public sealed record CaseFigures
{
    // A scheduler pause or a gen 0 collection adds less than this to a call.
    private const double SlowNs = 150_000;

    /// <summary>The number of timed calls.</summary>
    public required long Calls { get; init; }

    /// <summary>The calls' median, in ns.</summary>
    public required double? P50Ns { get; init; }

    /// <summary>The calls' 95th percentile, in ns.</summary>
    public required double? P95Ns { get; init; }

    /// <summary>The calls' 99th percentile, in ns.</summary>
    public required double? P99Ns { get; init; }

    /// <summary>The calls' mean, in ns.</summary>
    public required double? MeanNs { get; init; }

    /// <summary>Bytes allocated per call.</summary>
    public required double? AllocatedBytes { get; init; }

    /// <summary>
    /// The share of calls, from 0 to 1, that took over 150 µs longer than the median. It shows how many calls the tail has, which a
    /// p99 does not.
    /// </summary>
    public required double? SlowShare { get; init; }

    /// <summary>Computes the figures from recorded calls.</summary>
    /// <param name="calls">The times of the calls, in ticks of the clock.</param>
    /// <param name="clock">The clock that timed the calls. A quantile below the clock's floor is unknown.</param>
    /// <param name="meanNs">The mean time of the calls, in ns.</param>
    /// <param name="allocatedBytes">The bytes allocated per call; null if unknown.</param>
    public static CaseFigures Of(RecordedCalls calls, ClockFloor clock, double meanNs, double? allocatedBytes)
    {
        double? p50 = Quantile(0.5);
        return new CaseFigures
        {
            Calls = calls.Count,
            P50Ns = p50,
            P95Ns = Quantile(0.95),
            P99Ns = Quantile(0.99),
            MeanNs = meanNs,
            AllocatedBytes = allocatedBytes,
            SlowShare = p50 is { } median ? calls.ShareAbove(clock.ToTicks(median + SlowNs)) : null,
        };

        double? Quantile(double quantile) =>
            calls.Count >= Histograms.CallsNeeded(quantile) && clock.ToNs(calls.Interpolated(quantile)) is var ns && ns >= clock.FloorNs
                ? ns
                : null;
    }
}
