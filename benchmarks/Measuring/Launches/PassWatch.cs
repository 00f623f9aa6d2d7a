using System.Diagnostics;

namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>
/// Measures a launch's passes from its parent process: the duration of each by the parent's clock, and the parent's own
/// processor time meanwhile.
/// </summary>
internal sealed class PassWatch
{
    // In less time, the parent's work for the events themselves would dominate the result.
    private static readonly TimeSpan s_minTime = TimeSpan.FromSeconds(1);

    private long _started;
    private TimeSpan _cpuBefore;
    private TimeSpan _lastPass;
    private TimeSpan _allPasses;
    private TimeSpan _cpu;

    /// <summary>The cores that this process used while passes ran; null if all passes together took less than 1 s.</summary>
    public double? ParentCores => _allPasses >= s_minTime ? _cpu / _allPasses : null;

    /// <summary>Handles an event of the launch at the moment when it arrives.</summary>
    /// <returns>The event. A <see cref="CaseMeasured"/> also has its pass's duration by the parent's clock.</returns>
    public LaunchEvent Observe(LaunchEvent launchEvent)
    {
        switch (launchEvent)
        {
            case PassStarting:
                (_started, _cpuBefore) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
                return launchEvent;
            case PassEnded:
                _lastPass = Stopwatch.GetElapsedTime(_started);
                _allPasses += _lastPass;
                _cpu += Environment.CpuUsage.TotalTime - _cpuBefore;
                return launchEvent;
            case CaseMeasured measured:
                return measured with { Pass = measured.Pass with { ParentNs = _lastPass.TotalNanoseconds } };
            default:
                return launchEvent;
        }
    }
}
