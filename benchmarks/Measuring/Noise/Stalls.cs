namespace WorkerRpc.Benchmarks.Measuring.Noise;

/// <summary>Counts the late wake-ups of a sleeping thread. A late wake-up shows that this process had to wait for a CPU.</summary>
/// <param name="period">The intended sleep time.</param>
internal sealed class Stalls(TimeSpan period)
{
    // Longer than timer granularity plus one or two time slices of the scheduler.
    private const double CountedMs = 10;

    /// <summary>The longest delay of a wake-up, in ms.</summary>
    public double LongestMs { get; private set; }

    /// <summary>The number of wake-ups that were more than 10 ms late.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a wake-up.</summary>
    /// <param name="elapsed">The actual sleep time.</param>
    public void AddWakeUp(TimeSpan elapsed)
    {
        double lateMs = (elapsed - period).TotalMilliseconds;
        LongestMs = Math.Max(LongestMs, lateMs);
        Count += lateMs > CountedMs ? 1 : 0;
    }
}
