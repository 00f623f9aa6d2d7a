using System.Diagnostics;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Measuring.Noise;

/// <summary>
/// Watches the load of the machine before and during a launch, from the parent process. Wakes 40 times per second and reads
/// two files per second, which takes 0.3 % of a core.
/// </summary>
/// <remarks>
/// <see cref="NoiseReport.ParentCores"/> includes this and all other work of the parent process. In the first launch most of
/// it is the compilation of the parent's own code.
/// </remarks>
internal sealed class NoiseMonitor : IAsyncDisposable
{
    // The length of the measurement before a launch: 8 s in total for 30 launches. A busy process uses 25 ticks of 10 ms in it.
    private static readonly TimeSpan s_before = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(25);

    // After a launch ended, its processor time cannot be read. So the last second of a launch may not be counted.
    private static readonly TimeSpan s_betweenSamples = TimeSpan.FromSeconds(1);

    private readonly Machine _machine;
    private readonly int _launch;
    private readonly double? _loadBefore;
    private readonly double? _othersBeforeCores;
    private readonly double? _throttledBeforeMs;
    private readonly UsageSample? _first;
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly ManualResetEvent _stop = new(initialState: false);
    private readonly Stalls _stalls = new(s_period);
    private readonly Task _watching;
    private UsageSample? _last;

    private NoiseMonitor(Before before, int launch)
    {
        (_machine, _loadBefore, _othersBeforeCores) = (before.Machine, before.Load, before.OthersCores);
        _launch = launch;
        _throttledBeforeMs = _machine.ThrottledMs;
        _first = UsageSample.Take(_machine, _launch);
        // A thread of its own instead of a PeriodicTimer: a timer wakes the thread pool, whose threads spin before they sleep.
        // This process used 8 % of a core with a timer, uses 4.5 % with a thread, and 4.2 % without watching.
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

    /// <summary>Starts to watch during a launch.</summary>
    /// <param name="before">The load before the launch.</param>
    /// <param name="launch">The launch's process id.</param>
    public static NoiseMonitor Watch(Before before, int launch) => new(before, launch);

    /// <summary>Stops watching and reports the load.</summary>
    /// <param name="parentCores">The cores that this process used while passes ran; null if unknown.</param>
    public async Task<NoiseReport> StopAsync(double? parentCores)
    {
        await DisposeAsync();
        return new NoiseReport
        {
            LoadBefore = _loadBefore,
            OthersBeforeCores = _othersBeforeCores,
            OthersCores = UsageSample.OthersCores(_first, _last),
            StealCores = UsageSample.StealCores(_first, _last),
            ThrottledMs = _machine.ThrottledMs - _throttledBeforeMs is { } ms ? Math.Max(0, ms) : null,
            Governor = _machine.Governor,
            LongestStallMs = _stalls.LongestMs,
            Stalls = _stalls.Count,
            ParentCores = parentCores,
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

            // Read after the sample, so that the sample's own time does not count as a stall.
            slept = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>The load of the machine before a launch.</summary>
    internal sealed record Before(Machine Machine, double? Load, double? OthersCores);
}
