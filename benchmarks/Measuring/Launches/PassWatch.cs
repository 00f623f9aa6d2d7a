using System.Diagnostics;

namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>What the parent process sees of its launch's passes: how long each takes by its own clock, and what it uses itself meanwhile.</summary>
internal sealed class PassWatch
{
    // Of less, what hearing of the passes costs is all that would be seen.
    private static readonly TimeSpan s_leastTime = TimeSpan.FromSeconds(1);

    private long _started;
    private TimeSpan _usedBefore;
    private TimeSpan _took;
    private TimeSpan _all;
    private TimeSpan _used;

    /// <summary>The cores that this process used while passes ran; null where they took less than a second together.</summary>
    public double? ParentCores => _all >= s_leastTime ? _used / _all : null;

    /// <summary>Takes in what the launch has just said.</summary>
    /// <returns>The same; a measured case with what was seen of its pass.</returns>
    public LaunchEvent Hear(LaunchEvent said)
    {
        switch (said)
        {
            case PassStarting:
                (_started, _usedBefore) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
                return said;
            case PassEnded:
                _took = Stopwatch.GetElapsedTime(_started);
                _all += _took;
                _used += Environment.CpuUsage.TotalTime - _usedBefore;
                return said;
            case CaseMeasured measured:
                return measured with { Pass = measured.Pass with { ParentNs = _took.TotalNanoseconds } };
            default:
                return said;
        }
    }
}
