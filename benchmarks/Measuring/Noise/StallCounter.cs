namespace WorkerRpc.Benchmarks.Measuring.Noise;

/// <summary>Counts the late wake-ups of a sleeping thread. A late wake-up shows that this process had to wait for a CPU.</summary>
/// <param name="period">The intended sleep time.</param>
internal sealed class StallCounter(TimeSpan period)
{
    // Only wake-ups that are more than 10 ms late count. Shorter delays are normal: they come from the granularity of timers and
    // from one or two time slices of the scheduler.
    private const double CountedMs = 10;

    /// <summary>The longest delay of a wake-up, in ms.</summary>
    public double LongestMs { get; private set; }

    /// <summary>The number of wake-ups that were more than 10 ms late.</summary>
    public int Count { get; private set; }

    /// <summary>Counts a wake-up if it was late.</summary>
    /// <param name="elapsed">The actual sleep time.</param>
    public void AddWakeUp(TimeSpan elapsed)
    {
        double lateMs = (elapsed - period).TotalMilliseconds;
        LongestMs = Math.Max(LongestMs, lateMs);
        Count += lateMs > CountedMs ? 1 : 0;
    }
}
