using System.Diagnostics;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Measuring.Noise;

/// <summary>
/// Watches the machine before and during a launch, from the process that started it. It wakes 40 times a second and
/// reads two files once a second, which takes 0.3 % of a core. <see cref="NoiseReport.ParentCores"/> holds that and all
/// else that this process does: its own compiling in the first launch is most of it.
/// </summary>
internal sealed class NoiseMonitor : IAsyncDisposable
{
    // Short enough that 30 launches lose 8 s by it; a process that is busy uses 25 ticks of 10 ms in it.
    private static readonly TimeSpan s_before = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(25);

    // A launch takes its processor time with it when it ends: what is not sampled by then, at most so much, is not counted.
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
        // A thread of its own: a PeriodicTimer wakes the thread pool, whose workers spin before they sleep again. With it
        // this process used 8 % of a core, and so it uses 4.5 %, of which 4.2 % without any watching.
        _watching = Task.Factory.StartNew(WatchUntilStopped, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Watches the quarter second before a launch.</summary>
    public static async Task<Before> WatchBeforeAsync()
    {
        var machine = Machine.Current();
        double? load = machine.Load;
        UsageSample? first = UsageSample.Take(machine, launch: null);
        await Task.Delay(s_before);
        return new Before(machine, load, UsageSample.OthersCores(first, UsageSample.Take(machine, launch: null)));
    }

    /// <summary>Watches a launch from now on.</summary>
    /// <param name="before">What went before it.</param>
    /// <param name="launch">Its process.</param>
    public static NoiseMonitor Watch(Before before, int launch) => new(before, launch);

    /// <summary>Ends the watch, and says what it saw.</summary>
    /// <param name="parentCores">What this process used while passes ran.</param>
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
            _stalls.Woke(Stopwatch.GetElapsedTime(slept, woke));
            if (Stopwatch.GetElapsedTime(sampled, woke) >= s_betweenSamples)
            {
                sampled = woke;
                _last = UsageSample.Take(_machine, _launch) ?? _last;
            }

            // From here, so that taking a sample is no stall.
            slept = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>What went on before a launch.</summary>
    internal sealed record Before(Machine Machine, double? Load, double? OthersCores);
}
