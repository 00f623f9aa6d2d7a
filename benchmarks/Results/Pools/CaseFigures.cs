using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Results.Pools;

/// <summary>What one process, or one launch, measured of a case. A figure is null where it is not known.</summary>
public sealed record CaseFigures
{
    // Well beyond what a pause of the scheduler or of a young collection adds to a call, and well below what anybody
    // would call a slow one.
    private const double SlowNs = 150_000;

    /// <summary>The timed calls.</summary>
    public required long Calls { get; init; }

    /// <summary>The median, in ns.</summary>
    public required double? P50Ns { get; init; }

    /// <summary>The 95th percentile, in ns.</summary>
    public required double? P95Ns { get; init; }

    /// <summary>The 99th percentile, in ns.</summary>
    public required double? P99Ns { get; init; }

    /// <summary>The mean, in ns.</summary>
    public required double? MeanNs { get; init; }

    /// <summary>Allocated a call, in bytes.</summary>
    public required double? AllocatedBytes { get; init; }

    /// <summary>The share of calls, from 0 to 1, that took 150 µs more than the median: a p99 tells of a tail only where it begins.</summary>
    public required double? SlowShare { get; init; }

    /// <summary>The figures of some calls.</summary>
    /// <param name="calls">Times of calls, in ticks of the clock.</param>
    /// <param name="clock">The clock. What is below its floor is not known.</param>
    /// <param name="meanNs">The calls' mean, in ns.</param>
    /// <param name="allocatedBytes">Allocated a call, in bytes; null where it is not known.</param>
    public static CaseFigures Of(RecordedCalls calls, ClockFloor clock, double meanNs, double? allocatedBytes)
    {
        double nsPerTick = 1e9 / clock.Frequency;
        double? p50 = Quantile(0.5);
        return new CaseFigures
        {
            Calls = calls.Count,
            P50Ns = p50,
            P95Ns = Quantile(0.95),
            P99Ns = Quantile(0.99),
            MeanNs = meanNs,
            AllocatedBytes = allocatedBytes,
            SlowShare = p50 is { } median ? calls.ShareAbove((long)((median + SlowNs) / nsPerTick)) : null,
        };

        double? Quantile(double quantile) =>
            calls.Count >= Histograms.CallsNeeded(quantile) && calls.Interpolated(quantile) * nsPerTick is var ns && ns >= clock.FloorNs
                ? ns
                : null;
    }
}
