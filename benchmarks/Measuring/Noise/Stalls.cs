namespace WorkerRpc.Benchmarks.Measuring.Noise;

/// <summary>How late a thread wakes: a process that is kept waiting shows by it, whoever keeps it.</summary>
/// <param name="period">How long it means to sleep.</param>
internal sealed class Stalls(TimeSpan period)
{
    // Beyond the granularity of timers and a time slice or two of the scheduler.
    private const double CountedMs = 10;

    /// <summary>How late it was at most, in ms.</summary>
    public double LongestMs { get; private set; }

    /// <summary>How often it was late by more than 10 ms.</summary>
    public int Count { get; private set; }

    /// <summary>Takes in that it woke.</summary>
    /// <param name="elapsed">The time since it went to sleep.</param>
    public void Woke(TimeSpan elapsed)
    {
        double lateMs = (elapsed - period).TotalMilliseconds;
        LongestMs = Math.Max(LongestMs, lateMs);
        Count += lateMs > CountedMs ? 1 : 0;
    }
}
