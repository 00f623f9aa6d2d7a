using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Results.Pools;

/// <summary>The figures of one case from one process or one launch. A figure is null if it is unknown.</summary>
public sealed record CaseFigures
{
    // A slow call takes at least this much longer than the median, in ns. A scheduler pause or a gen 0 collection adds less to a call.
    private const double SlowNs = 150_000;

    // A slow call takes at least this multiple of the median. The times of a long call vary by more than SlowNs from one call to the next.
    private const double SlowFactor = 2;

    /// <summary>The number of timed calls.</summary>
    public required long Calls { get; init; }

    /// <summary>The median of the calls' durations, in ns.</summary>
    public required double? P50Ns { get; init; }

    /// <summary>The 95th percentile of the calls' durations, in ns.</summary>
    public required double? P95Ns { get; init; }

    /// <summary>The 99th percentile of the calls' durations, in ns.</summary>
    public required double? P99Ns { get; init; }

    /// <summary>The mean of the calls' durations, in ns.</summary>
    public required double? MeanNs { get; init; }

    /// <summary>Bytes allocated per call.</summary>
    public required double? AllocatedBytes { get; init; }

    /// <summary>
    /// The share of the calls, from 0 to 1, that took over 150 µs longer than the median and over twice the median. A p99 does not show how
    /// many such slow calls there are.
    /// </summary>
    public required double? SlowShare { get; init; }

    /// <summary>Returns the figures with all times multiplied by a factor.</summary>
    public CaseFigures Times(double factor) => this with
    {
        P50Ns = P50Ns * factor,
        P95Ns = P95Ns * factor,
        P99Ns = P99Ns * factor,
        MeanNs = MeanNs * factor,
    };

    /// <summary>Computes the figures of a case from its recorded calls.</summary>
    /// <param name="calls">The durations of the calls, in ticks of the clock.</param>
    /// <param name="clock">The clock that timed the calls. A quantile shorter than the clock can measure is unknown.</param>
    /// <param name="meanNs">The mean duration of the calls, in ns.</param>
    /// <param name="allocatedBytes">The bytes allocated per call; null if the number is unknown.</param>
    public static CaseFigures Of(RecordedCalls calls, ClockFloor clock, double meanNs, double? allocatedBytes)
    {
        double? p50 = At(0.5);
        return new CaseFigures
        {
            Calls = calls.Count,
            P50Ns = p50,
            P95Ns = At(0.95),
            P99Ns = At(0.99),
            MeanNs = meanNs,
            AllocatedBytes = allocatedBytes,
            SlowShare = p50 is { } median ? calls.ShareAbove(clock.ToTicks(Math.Max(median + SlowNs, SlowFactor * median))) : null,
        };

        double? At(double quantile) =>
            calls.Count >= Histograms.MinCalls(quantile) && clock.ToNs(calls.Interpolated(quantile)) is var ns && ns >= clock.FloorNs
                ? ns
                : null;
    }
}
