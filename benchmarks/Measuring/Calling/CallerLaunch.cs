using System.Diagnostics;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Measuring.Noise;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Bindings.Catalog;

namespace WorkerRpc.Benchmarks.Measuring.Calling;

/// <summary>
/// A launch that is measured by a caller worker, which the user has started. The caller worker makes the calls in batches and
/// returns the duration of each call. The functions' run times and the resources of the caller worker's process are unknown.
/// </summary>
internal sealed class CallerLaunch
{
    // The caller worker returns durations in ms with 6 decimals, so one tick of a duration is 1 ns.
    public const long TicksASecond = 1_000_000_000;

    private const int FirstBatch = 10;

    // A batch lasts 10 ms. So the 12 cases that a method usually has take about as long as a slice of the warm-up curve (0.1 s), which
    // includes all of them.
    private static readonly TimeSpan s_warmUpBatch = TimeSpan.FromMilliseconds(10);

    // Tiered compilation recompiles hot methods 100 ms after the last new method was called. This batch before each pass gives
    // the caller worker the time for that.
    private static readonly TimeSpan s_settlingBatch = TimeSpan.FromMilliseconds(150);

    private static readonly TimeSpan s_passBatch = TimeSpan.FromMilliseconds(500);

    // The mean from outside is the median of so many differences between a request of 2N calls and one of N calls.
    private const int OutsideRounds = 5;
    private static readonly TimeSpan s_outsideBatch = TimeSpan.FromMilliseconds(100);

    private readonly LaunchPlan _plan;
    private readonly CallerClient _caller;
    private readonly Action<LaunchEvent> _emit;
    private readonly CancellationToken _interrupted;
    private readonly LaunchRecord _record;
    private readonly CallRecorder _recorder;
    private readonly WarmUpLimits _warmUpLimits;
    private readonly ClockStep _step = new();
    private readonly Dictionary<CaseId, double> _secondsPerCall = [];

    private CallerLaunch(
        LaunchPlan plan, CallerClient caller, Action<LaunchRecord, LaunchEvent> onEvent, CancellationToken interrupted)
    {
        (_plan, _caller, _interrupted) = (plan, caller, interrupted);
        _record = new LaunchRecord(plan.Number);
        _recorder = new CallRecorder(plan.Run.Calls);
        _warmUpLimits = WarmUpLimits.Of(BindingCatalog.WithAssembly(plan.BindingsAssembly));
        _emit = launchEvent =>
        {
            _record.Apply(launchEvent);
            onEvent(_record, launchEvent);
        };
    }

    /// <summary>Runs a launch until it finishes, fails or is interrupted.</summary>
    /// <param name="plan">The cases to measure.</param>
    /// <param name="caller">The caller worker that makes the calls.</param>
    /// <param name="onEvent">The handler of the launch's events.</param>
    /// <param name="interrupted">The token that stops the launch.</param>
    public static async Task<(LaunchRecord Record, LaunchReport Report)> RunAsync(
        LaunchPlan plan, CallerClient caller, Action<LaunchRecord, LaunchEvent> onEvent, CancellationToken interrupted)
    {
        var launch = new CallerLaunch(plan, caller, onEvent, interrupted);
        // The load of another machine cannot be watched from here.
        NoiseMonitor.Before? before = caller.IsOnThisMachine ? await NoiseMonitor.WatchBeforeAsync() : null;
        await using NoiseMonitor? noise = before is null ? null : NoiseMonitor.Watch(before, launch: null);
        long began = Stopwatch.GetTimestamp();
        (LaunchOutcome outcome, string? error) = await launch.MeasureAsync();
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        NoiseReport? watched = noise is null ? null : await noise.StopAsync(parentCores: null);
        return (launch._record, launch._record.Report(outcome, error, seconds, watched) with { Clock = launch.RequireClock() });
    }

    private async Task<(LaunchOutcome Outcome, string? Error)> MeasureAsync()
    {
        CaseId[] cases = [.. _plan.Cases.Select(CaseId.Parse)];
        try
        {
            await ProbeAsync(cases);
            await WarmUpAsync(cases);

            foreach (CaseId id in cases.Where(id => !_record.Failures.ContainsKey(id)))
            {
                _emit(new CaseStarting(id.ToString()));
                await OrFailAsync(id, () => PassAsync(id));
            }

            _emit(new LaunchFinished());
            return (LaunchOutcome.Finished, null);
        }
        catch (CallerLostException e)
        {
            return (LaunchOutcome.Failed, $"{e.Message}, while {_record.Doing}");
        }
        catch (OperationCanceledException) when (_interrupted.IsCancellationRequested)
        {
            return (LaunchOutcome.Interrupted, $"interrupted while {_record.Doing}");
        }
    }

    private async Task ProbeAsync(IEnumerable<CaseId> cases)
    {
        var probed = new List<ProbedCase>();
        foreach (CaseId id in cases.GroupBy(id => id.Method).SelectMany(method => method))
        {
            _emit(new WarmingUp(id.Method));
            await OrFailAsync(id, async () =>
            {
                long[] resultsNs = await BatchAsync(id, s_warmUpBatch, int.MaxValue);
                probed.Add(new ProbedCase(id.ToString(), Medians.Lower(resultsNs)));
            });
        }

        _emit(new CasesProbed(probed));
    }

    private async Task WarmUpAsync(IEnumerable<CaseId> cases)
    {
        MethodWarmUp[] methods = [.. cases.GroupBy(id => id.Method).Select(method => new MethodWarmUp(this, method))];
        foreach (MethodWarmUp method in methods)
        {
            await method.RunAsync(warmUp => warmUp.BeginAsync());
        }

        foreach (MethodWarmUp method in methods)
        {
            WarmUpReport? report = null;
            await method.RunAsync(async warmUp => report = await warmUp.FinishAsync());
            _emit(new WarmedUp(report ?? new WarmUpReport(method.Name, Steady: false, "every case of it failed", [])));
        }
    }

    // A batch that fails ends the pass. The figures of the calls before it stay, and the case fails.
    private async Task PassAsync(CaseId id)
    {
        PassLimits limits = PassLimits.Of(_plan.Run);
        await BatchAsync(id, s_settlingBatch, int.MaxValue);
        var batches = new List<long[]>();
        int calls = 0;
        long began = Stopwatch.GetTimestamp();
        string? failure = null;
        try
        {
            do
            {
                batches.Add(await BatchAsync(id, s_passBatch, limits.Calls - calls));
                calls += batches[^1].Length;
            }
            while (calls < limits.Calls && (Stopwatch.GetElapsedTime(began) < limits.TimeLimit || calls < limits.LeastCalls));
        }
        catch (UnusableAnswerException e) when (calls > 0)
        {
            failure = FormattableString.Invariant($"in the pass, after {calls} calls: {e.Message}");
        }

        PassReport report = Report(batches, limits);
        if (failure is null)
        {
            _emit(new CaseMeasured(id.ToString(), await WithMeanFromOutsideAsync(id, report)));
        }
        else
        {
            _emit(new CaseMeasured(id.ToString(), report with { HitTimeLimit = false }));
            _emit(new CaseFailed(id.ToString(), failure));
        }
    }

    private PassReport Report(IReadOnlyList<long[]> batches, PassLimits limits)
    {
        bool areSorted = SortedResults.AreSorted(batches);
        _recorder.Reset();
        foreach (long ns in batches.SelectMany(batch => areSorted ? SortedResults.Mix(batch) : batch))
        {
            _recorder.Record(0, ns, executionMs: 0);
        }

        PassReport report = PassMeter.Report(_recorder, TicksASecond, limits, _plan.Number);
        return areSorted ? report with { ResultsAreSorted = true } : report;
    }

    // If most calls are shorter than a step of the caller worker's clock, the mean of its results is too. So the mean is then timed here.
    private async Task<PassReport> WithMeanFromOutsideAsync(CaseId id, PassReport report)
    {
        if (_step.Ns() is { } stepNs && Medians.Lower(_recorder.ElapsedTicks.ToArray()) >= stepNs)
        {
            return report;
        }

        int calls = CallsIn(s_outsideBatch, id, CallerWorkerLimits.BatchCalls.Max / 2);
        double[] meansNs = new double[OutsideRounds];
        for (int round = 0; round < OutsideRounds; round++)
        {
            await BatchAsync(id, calls);
            double seconds = _secondsPerCall[id] * calls;
            await BatchAsync(id, 2 * calls);
            meansNs[round] = ((_secondsPerCall[id] * 2 * calls) - seconds) * 1e9 / calls;
        }

        Array.Sort(meansNs);
        double meanNs = Medians.Middle(meansNs);
        return meanNs > 0 ? report with { MeanNs = meanNs, MeanIsFromOutside = true } : report;
    }

    private Task<long[]> BatchAsync(CaseId id, TimeSpan length, int maxCalls) => BatchAsync(id, CallsIn(length, id, maxCalls));

    // The number of calls is computed from the last batch's duration by this process's clock, because the durations that the caller
    // worker returns may be 0 or wrong.
    private int CallsIn(TimeSpan length, CaseId id, int maxCalls)
    {
        double calls = _secondsPerCall.TryGetValue(id, out double seconds) ? length.TotalSeconds / seconds : FirstBatch;
        return (int)Math.Clamp(calls, CallerWorkerLimits.BatchCalls.Min, Math.Min(maxCalls, CallerWorkerLimits.BatchCalls.Max));
    }

    private async Task<long[]> BatchAsync(CaseId id, int count)
    {
        long began = Stopwatch.GetTimestamp();
        long[] resultsNs = await _caller.BenchmarkAsync(id, _plan.Run.PayloadKind, count, _interrupted);
        _secondsPerCall[id] = Stopwatch.GetElapsedTime(began).TotalSeconds / count;
        _step.Add(resultsNs);
        return resultsNs;
    }

    private Task<bool> OrFailAsync(CaseId id, Func<Task> work) => OrFailAsync(() => id, work);

    private async Task<bool> OrFailAsync(Func<CaseId> id, Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (UnusableAnswerException e)
        {
            _emit(new CaseFailed(id().ToString(), e.Message));
            return false;
        }
    }

    // Returns the step of the caller worker's clock. If all durations were 0, reports all measured cases as failed and returns
    // null.
    private ClockFloor? RequireClock()
    {
        if (_step.Ns() is { } stepNs)
        {
            return new ClockFloor(TicksASecond, stepNs, ReadNs: null, RecorderNs: null);
        }

        foreach (CaseId id in _record.Passes.Keys.ToArray())
        {
            _emit(new CaseFailed(id.ToString(), "the caller worker's clock stood still: every result of the launch is 0"));
        }

        return null;
    }

    /// <summary>
    /// The warm-up of a method. If a case fails, the warm-up restarts without that case, because points of the warm-up curve with the
    /// case cannot be compared with points without the case.
    /// </summary>
    private sealed class MethodWarmUp(CallerLaunch launch, IGrouping<string, CaseId> method)
    {
        private readonly List<CaseId> _cases = [.. method.Where(id => !launch._record.Failures.ContainsKey(id))];
        private WarmUp? _warmUp;
        private CaseId? _current;

        public string Name => method.Key;

        public async Task RunAsync(Func<WarmUp, Task> visitAsync)
        {
            launch._emit(new WarmingUp(Name));
            while (_cases.Count > 0)
            {
                _warmUp ??= new WarmUp(
                    Name,
                    [.. _cases.Select(id => new WarmUpCase(id.ToString(), () => BatchAsync(id)))],
                    compiledMethods: null,
                    launch._warmUpLimits,
                    onProgress: () => launch._emit(new WarmingUp(Name)),
                    TimeProvider.System);
                if (await launch.OrFailAsync(() => _current!, () => visitAsync(_warmUp)))
                {
                    return;
                }

                _cases.Remove(_current!);
                _warmUp = null;
            }
        }

        private async Task<WarmUpBatch> BatchAsync(CaseId id)
        {
            _current = id;
            long[] resultsNs = await launch.BatchAsync(id, s_warmUpBatch, int.MaxValue);
            return new WarmUpBatch(Medians.Lower(resultsNs), resultsNs.Length);
        }
    }
}
