using System.Diagnostics;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Measuring.Noise;

/// <summary>
/// Watches the load of the machine before and during a launch, from the parent process. The monitor wakes up
/// 40 times per second and reads two files per second, which uses 0.3 % of a core.
/// </summary>
/// <remarks>
/// <see cref="NoiseReport.ParentCores"/> includes the work of this monitor and all other work of the parent process. In the
/// first launch, most of that work is the compilation of the parent's own code.
/// </remarks>
internal sealed class NoiseMonitor : IAsyncDisposable
{
    // The length of the measurement before a launch, 8 s in total for 30 launches. The kernel counts processor time in ticks of
    // 10 ms, so a busy process uses 25 ticks in 250 ms.
    private static readonly TimeSpan s_before = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(25);

    // The time between two samples. A launch's processor time cannot be read after the launch has ended. So the recorded time may lack
    // what the launch used after the last sample, which is at most its last second.
    private static readonly TimeSpan s_betweenSamples = TimeSpan.FromSeconds(1);

    private readonly Machine _machine;
    private readonly int? _launch;
    private readonly double? _loadBefore;
    private readonly double? _othersBeforeCores;
    private readonly double? _throttledBeforeMs;
    private readonly UsageSample? _first;
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly ManualResetEvent _stop = new(initialState: false);
    private readonly StallCounter _stalls = new(s_period);
    private readonly Task _watching;
    private UsageSample? _last;

    private NoiseMonitor(Before before, int? launch)
    {
        (_machine, _loadBefore, _othersBeforeCores) = (before.Machine, before.Load, before.OthersCores);
        _launch = launch;
        _throttledBeforeMs = _machine.ThrottledMs;
        _first = UsageSample.Take(_machine, _launch);
        // The monitor has its own thread instead of a PeriodicTimer. A timer wakes the thread pool, whose threads spin before they
        // sleep. This process uses 8 % of a core with a timer, 4.5 % with its own thread, and 4.2 % without the monitor.
        _watching = Task.Factory.StartNew(
            WatchUntilStopped, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Measures the load of other processes for 250 ms before a launch.</summary>
    public static async Task<Before> WatchBeforeAsync()
    {
        var machine = Machine.Current();
        double? load = machine.Load;
        UsageSample? first = UsageSample.Take(machine, launch: null);
        await Task.Delay(s_before);
        return new Before(machine, load, UsageSample.OthersCores(first, UsageSample.Take(machine, launch: null)));
    }

    /// <summary>Starts to watch the load of the machine during a launch.</summary>
    /// <param name="before">The load of the machine before the launch.</param>
    /// <param name="launch">
    /// The launch's process id. Null if the user started the workers: then their processor time cannot be separated from that of other
    /// processes.
    /// </param>
    public static NoiseMonitor Watch(Before before, int? launch) => new(before, launch);

    /// <summary>Stops watching and reports the load of the machine.</summary>
    /// <param name="parentCores">The average number of cores that this process used while passes ran. Null if unknown.</param>
    public async Task<NoiseReport> StopAsync(double? parentCores)
    {
        await DisposeAsync();
        return new NoiseReport
        {
            LoadBefore = _loadBefore,
            OthersBeforeCores = _othersBeforeCores,
            OthersCores = _launch is null ? null : UsageSample.OthersCores(_first, _last),
            StealCores = UsageSample.StealCores(_first, _last),
            ThrottledMs = _machine.ThrottledMs - _throttledBeforeMs is { } ms ? Math.Max(0, ms) : null,
            Governor = _machine.Governor,
            LongestStallMs = _stalls.LongestMs,
            Stalls = _stalls.Count,
            ParentCores = parentCores,
            AllowedCores = Environment.ProcessorCount,
        };
    }

    public async ValueTask DisposeAsync()
    {
        _stop.Set();
        await _watching;
    }

    private void WatchUntilStopped()
    {
        long sampled = _began;
        long slept = Stopwatch.GetTimestamp();
        while (!_stop.WaitOne(s_period))
        {
            long woke = Stopwatch.GetTimestamp();
            _stalls.AddWakeUp(Stopwatch.GetElapsedTime(slept, woke));
            if (Stopwatch.GetElapsedTime(sampled, woke) >= s_betweenSamples)
            {
                sampled = woke;
                _last = UsageSample.Take(_machine, _launch) ?? _last;
            }

            // The sleep's start is read after the sample is taken, so that the time for the sample does not count as a late wake-up.
            slept = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>The load of the machine before a launch.</summary>
    internal sealed record Before(Machine Machine, double? Load, double? OthersCores);
}
