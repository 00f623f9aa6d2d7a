using System.Diagnostics;

namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>
/// Watches a launch's passes from the parent process. Measures the duration of each pass with the parent's clock, and the
/// processor time that the parent itself uses during the passes.
/// </summary>
internal sealed class PassWatch
{
    // If the passes are shorter in total, no result is reported, because it would mainly show the parent's work for the events.
    private static readonly TimeSpan s_minTime = TimeSpan.FromSeconds(1);

    private long _started;
    private TimeSpan _cpuBefore;
    private TimeSpan _lastPass;
    private TimeSpan _allPasses;
    private TimeSpan _cpu;

    /// <summary>
    /// The average number of cores that this process used while passes ran. Null if the passes took less than 1 s in total.
    /// </summary>
    public double? ParentCores => _allPasses >= s_minTime ? _cpu / _allPasses : null;

    /// <summary>Handles an event of the launch. Call it as soon as the event arrives.</summary>
    /// <returns>The event. If it is a <see cref="CaseMeasured"/>, the duration of its pass by the parent's clock is added.</returns>
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
