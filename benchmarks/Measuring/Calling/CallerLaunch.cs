using System.Diagnostics;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Catalog;

namespace WorkerRpc.Benchmarks.Measuring.Calling;

/// <summary>
/// One launch whose process somebody else has started: a caller worker that makes the calls in batches and answers
/// how long each took. Blind to all else: what the functions ran, and what the workers' processes did meanwhile.
/// </summary>
internal sealed class CallerLaunch
{
    // The caller worker answers in ms with 6 decimals.
    public const long TicksASecond = 1_000_000_000;

    private const int FirstBatch = 10;

    // Short, so that a method's cases take turns within a point of the warm-up.
    private static readonly TimeSpan s_warmUpBatch = TimeSpan.FromMilliseconds(10);

    // The runtime recompiles what has become hot only when no new code was met for 100 ms: between two cases as well.
    private static readonly TimeSpan s_settlingBatch = TimeSpan.FromMilliseconds(150);

    private static readonly TimeSpan s_passBatch = TimeSpan.FromMilliseconds(500);

    private readonly LaunchPlan _plan;
    private readonly CallerClient _caller;
    private readonly Action<LaunchEvent> _emit;
    private readonly CancellationToken _interrupted;
    private readonly LaunchRecord _record;
    private readonly CallRecorder _recorder;
    private readonly WarmUpLimits _warmUpLimits;
    private readonly ClockStep _step = new();
    private readonly Dictionary<CaseId, double> _secondsACall = [];

    private CallerLaunch(LaunchPlan plan, CallerClient caller, Action<LaunchRecord, LaunchEvent> heard, CancellationToken interrupted)
    {
        (_plan, _caller, _interrupted) = (plan, caller, interrupted);
        _record = new LaunchRecord(plan.Number);
        _recorder = new CallRecorder(plan.Run.Calls);
        _warmUpLimits = WarmUpLimits.Of(BindingCatalog.WithAssembly(plan.BindingsAssembly));
        _emit = said =>
        {
            _record.Apply(said);
            heard(_record, said);
        };
    }

    /// <summary>Runs a launch to its end, however it ends.</summary>
    /// <param name="plan">What it measures.</param>
    /// <param name="caller">Who makes the calls.</param>
    /// <param name="heard">Called for each step of it.</param>
    /// <param name="interrupted">Ends it.</param>
    public static async Task<(LaunchRecord Record, LaunchReport Report)> RunAsync(
        LaunchPlan plan, CallerClient caller, Action<LaunchRecord, LaunchEvent> heard, CancellationToken interrupted)
    {
        var launch = new CallerLaunch(plan, caller, heard, interrupted);
        long began = Stopwatch.GetTimestamp();
        (LaunchOutcome outcome, string? error) = await launch.FollowAsync();
        return (launch._record, launch._record.Report(outcome, error, Stopwatch.GetElapsedTime(began).TotalSeconds, noise: null) with { Clock = launch.Clock() });
    }

    private async Task<(LaunchOutcome Outcome, string? Error)> FollowAsync()
    {
        CaseId[] cases = [.. _plan.Cases.Select(CaseId.Parse)];
        try
        {
            foreach (IGrouping<string, CaseId> method in cases.GroupBy(id => id.Method))
            {
                await WarmUpAsync(method.Key, [.. method]);
            }

            foreach (CaseId id in cases.Where(id => !_record.Failures.ContainsKey(id)))
            {
                _emit(new CaseStarting(id.ToString()));
                await OrFailAsync(id, async () => _emit(new CaseMeasured(id.ToString(), await PassAsync(id))));
            }

            _emit(new Finished());
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

    private async Task WarmUpAsync(string method, List<CaseId> cases)
    {
        _emit(new WarmingUp(method));
        WarmUpReport? report = null;
        while (report is null && cases.Count > 0)
        {
            // A case that fails is left out, and the others start again: half a curve with it and half without would tell nothing.
            CaseId? failing = null;
            Func<Task<double>>[] turns = [.. cases.Select(id => (Func<Task<double>>)(async () =>
            {
                failing = id;
                return WarmUp.Median(await BatchAsync(id, s_warmUpBatch, int.MaxValue));
            }))];
            bool done = await OrFailAsync(
                () => failing!, async () => report = await WarmUp.RunAsync(method, turns, compiledMethods: null, _warmUpLimits, () => _emit(new WarmingUp(method))));
            if (!done)
            {
                cases.Remove(failing!);
            }
        }

        _emit(new WarmedUp(report ?? new WarmUpReport(method, Steady: false, "every case of it failed", [])));
    }

    private async Task<PassReport> PassAsync(CaseId id)
    {
        PassLimits limits = PassLimits.Of(_plan.Run);
        await BatchAsync(id, s_settlingBatch, int.MaxValue);
        _recorder.Reset();
        long began = Stopwatch.GetTimestamp();
        do
        {
            foreach (long ns in await BatchAsync(id, s_passBatch, limits.Calls - _recorder.Count))
            {
                _recorder.Record(0, ns, executionMs: 0);
            }
        }
        while (_recorder.Count < limits.Calls && Stopwatch.GetElapsedTime(began) < limits.TimeLimit);

        return PassMeter.Report(_recorder, TicksASecond, limits, _plan.Number);
    }

    private async Task<long[]> BatchAsync(CaseId id, TimeSpan length, int most)
    {
        // By what the last batch took from here, the hop included: the results alone may be 0, or untrue.
        double calls = _secondsACall.TryGetValue(id, out double seconds) ? length.TotalSeconds / seconds : FirstBatch;
        int asked = (int)Math.Clamp(calls, CallerWorkerLimits.BatchCalls.Min, Math.Min(most, CallerWorkerLimits.BatchCalls.Max));
        long began = Stopwatch.GetTimestamp();
        long[] resultsNs = await _caller.BenchmarkAsync(id, asked, _interrupted);
        _secondsACall[id] = Stopwatch.GetElapsedTime(began).TotalSeconds / asked;
        _step.See(resultsNs);
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

    private ClockFloor? Clock()
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
}
