using System.Diagnostics;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>
/// The measurement in one process: hosts both workers, warms up each method, then measures the cases in the planned order.
/// Each case is measured twice: first by BenchmarkDotNet, then by a latency pass.
/// </summary>
internal sealed class LaunchRunner : IAsyncDisposable
{
    private static readonly PassLimits s_probe = new(Calls: 1, TimeSpan.FromSeconds(1));

    private readonly Action<LaunchEvent> _emit;
    private readonly LaunchHost _host;
    private readonly CallRecorder _recorder;
    private readonly PassLimits _limits;
    private readonly CallsByThread _callersCalls = new();
    private readonly WarmUpLimits _warmUpLimits;
    private readonly HashSet<string> _references;
    private readonly CancellationTokenSource _ended = new();
    private readonly BindingCatalog _catalog;
    private readonly Dictionary<string, IReadOnlyList<string>> _changes = [];
    private CaseSetup? _active;
    private CaseSetup? _anchor;
    private int _casesStarted;

    /// <param name="plan">The cases to measure and the run's settings.</param>
    /// <param name="emit">The receiver of the launch's events.</param>
    /// <param name="recorder">The recorder of the calls. If it is null, the launch creates a recorder.</param>
    public LaunchRunner(LaunchPlan plan, Action<LaunchEvent> emit, CallRecorder? recorder = null)
    {
        Plan = plan;
        Record = new LaunchRecord(plan.Number);
        Cases = [.. plan.Cases.Select(CaseId.Parse)];
        _emit = launchEvent =>
        {
            Record.Apply(launchEvent);
            emit(launchEvent);
        };
        _host = new LaunchHost(plan.BindingsAssembly);
        _catalog = BindingCatalog.WithAssembly(plan.BindingsAssembly);
        _warmUpLimits = WarmUpLimits.Of(_catalog);
        _references =
        [
            .. _catalog.All
                .Where(binding => binding.Tags.Contains(MethodTags.Reference))
                .Select(binding => binding.Id),
        ];
        // The recorder is allocated before the warm-up, so that the heap is in the same state for all cases.
        _recorder = recorder ?? new CallRecorder(Math.Max(plan.Run.Calls, WarmUp.BatchCalls));
        _limits = PassLimits.Of(plan.Run) with
        {
            EarlyEnd = plan.Run.PassesMayEndEarly == true ? new NarrowPercentiles(_recorder.Capacity) : null,
        };
    }

    public LaunchPlan Plan { get; }

    /// <summary>The cases, in the order of execution.</summary>
    public IReadOnlyList<CaseId> Cases { get; }

    /// <summary>The state that the launch's events have reported so far.</summary>
    public LaunchRecord Record { get; }

    /// <summary>Runs the launch in this process.</summary>
    /// <param name="environment">The machine and runtime of this process.</param>
    /// <param name="measureCases">
    /// The action that measures all cases with <see cref="StartCaseAsync"/>, <see cref="MeasurePassAsync"/> and <see cref="EndCase"/>.
    /// The action may block its thread.
    /// </param>
    public async Task RunAsync(EnvironmentReport environment, Action measureCases)
    {
        _emit(new Hosted(ClockMeter.Measure(_recorder), environment));
        await WarmUpAsync();
        _anchor = await ConnectAnchorAsync();
        // LongRunning starts a new thread for measureCases, which blocks its thread. The current thread might be the one that reads
        // the connection of the last warmed-up method. If it were blocked, that connection would stop.
        await Task.Factory.StartNew(measureCases, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await MeasureAnchorAsync();
        foreach (CaseId missing in Cases.Where(id => !Record.Passes.ContainsKey(id)))
        {
            Fail(missing, "BenchmarkDotNet did not run it; its log says why");
        }

        _emit(new LaunchFinished());
    }

    /// <summary>Connects a case to the workers, creates its request, and checks the answer of one call.</summary>
    /// <exception cref="InvalidOperationException">The answer is wrong.</exception>
    public async Task<CaseSetup> StartCaseAsync(CaseId id)
    {
        if (Anchor.IsDue(_casesStarted))
        {
            await MeasureAnchorAsync();
        }

        _casesStarted++;
        _emit(new CaseStarting(id.ToString()));
        try
        {
            return _active = await CaseConnection.OpenAsync(id, _host, Plan.Run.PayloadKind, Plan.TextsOf(id.Payload), _ended.Token);
        }
        catch (Exception e)
        {
            Fail(id, e.Message);
            throw;
        }
    }

    /// <summary>Runs the latency pass of the current case, then the passes with several callers that the run asks for.</summary>
    public async Task MeasurePassAsync()
    {
        CaseSetup setup = _active!;
        string name = setup.Id.ToString();
        string method = setup.Id.Method;
        _emit(new Settling(name));
        var before = Surroundings.Read();
        await WarmUp.SettleAsync(setup, _recorder);
        FailIfCallsFailed(setup, "before the pass");
        double? seconds = ExpectedSeconds(_limits);
        PassReport report = await PassMeter.MeasureAsync(
            setup, _recorder, _limits, Plan.Number, () => _emit(new PassStarting(name, seconds)), () => _emit(new PassEnded(name)));
        FailIfCallsFailed(setup, "in the pass");
        NoteChanges(method, before);
        IReadOnlyList<CallersReport> callers = [];
        try
        {
            callers = await CallersAsync(setup);
        }
        catch (InvalidOperationException e)
        {
            // The figures of the pass with one caller are kept, although the case fails.
            Fail(setup.Id, e.Message);
        }

        _emit(new CaseMeasured(name, report with { Callers = callers, Changes = _changes.GetValueOrDefault(method) }));
    }

    /// <summary>Reports that the current case failed.</summary>
    public void FailCase(Exception error)
    {
        // _active is null if the case could not be connected. StartCaseAsync has already reported that failure.
        if (_active is { } active)
        {
            Fail(active.Id, error.Message);
        }
    }

    /// <summary>Ends the current case.</summary>
    public void EndCase() => _active = null;

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _host.DisposeAsync();
        _callersCalls.Dispose();
        _ended.Dispose();
    }

    private async Task<IReadOnlyList<CallersReport>> CallersAsync(CaseSetup setup)
    {
        // References serve only for comparison. Nobody delegates calls with a reference, so its throughput is not measured.
        if (_references.Contains(setup.Id.Method))
        {
            return [];
        }

        var reports = new List<CallersReport>();
        foreach (int callers in Plan.Run.Callers)
        {
            var starting = new CallersStarting(setup.Id.ToString(), callers);
            reports.Add(await CallersMeter.MeasureAsync(setup, callers, _callersCalls, CallersLimits.OfLaunch, () => _emit(starting)));
            FailIfCallsFailed(setup, FormattableString.Invariant($"with {callers} caller{(callers == 1 ? "" : "s")}"));
        }

        return reports;
    }

    // Connects and probes all methods, then makes the calls of their first and second visits.
    private async Task WarmUpAsync()
    {
        var methods = new List<MethodWarmUp>();
        var probed = new List<ProbedCase>();
        foreach (IGrouping<string, CaseId> cases in Cases.GroupBy(id => id.Method))
        {
            _emit(new WarmingUp(cases.Key));
            methods.Add(await ConnectAsync(cases.Key, cases, probed));
        }

        _emit(new CasesProbed(probed));
        foreach (MethodWarmUp method in methods)
        {
            await VisitAsync(method, warmUp => warmUp.BeginAsync());
        }

        foreach (MethodWarmUp method in methods)
        {
            WarmUpReport? report = null;
            await VisitAsync(method, async warmUp => report = await FinishAsync(warmUp));
            foreach (CaseSetup setup in method.Setups)
            {
                FailIfCallsFailed(setup, "in the warm-up");
            }

            // A failed warm-up does not end the launch: the other methods are still measured.
            _emit(new WarmedUp(report ?? new WarmUpReport(method.Name, Steady: false, method.Error!.Message, [])));
        }
    }

    // Connects the cases of a method, and calls each once more. The first call of a case is slower than the others.
    private async Task<MethodWarmUp> ConnectAsync(string method, IEnumerable<CaseId> cases, List<ProbedCase> probed)
    {
        var before = Surroundings.Read();
        var setups = new List<CaseSetup>();
        Exception? error = null;
        foreach (CaseId id in cases)
        {
            try
            {
                CaseSetup setup = await CaseConnection.OpenAsync(id, _host, Plan.Run.PayloadKind, Plan.TextsOf(id.Payload), _ended.Token);
                setups.Add(setup);
                await LatencyPass.RunAsync(setup, _recorder, s_probe);
                if (_recorder.Count > 0)
                {
                    probed.Add(new ProbedCase(id.ToString(), ClockTicks.ToNs(_recorder.ElapsedTicks[0])));
                }
            }
            catch (Exception e)
            {
                // The launch goes on without the case, unless it can be connected when it is measured. It counts as failed anyway.
                error = e;
                Fail(id, $"in the warm-up: {e.Message}");
            }
        }

        NoteChanges(method, before);
        WarmUp? warmUp = error is null
            ? WarmUp.InProcess(method, setups, _recorder, _warmUpLimits, () => _emit(new WarmingUp(method)))
            : null;
        return new MethodWarmUp(method, setups, warmUp) { Error = error };
    }

    private async Task VisitAsync(MethodWarmUp method, Func<WarmUp, Task> visitAsync)
    {
        _emit(new WarmingUp(method.Name));
        if (method is not { WarmUp: { } warmUp, Error: null })
        {
            return;
        }

        var before = Surroundings.Read();
        try
        {
            await Task.Run(() => visitAsync(warmUp));
        }
        catch (Exception e)
        {
            method.Error = e;
        }

        NoteChanges(method.Name, before);
    }

    // Measures the live heap before and after the calls. Collections are forced only here, between the visits of two methods.
    private static async Task<WarmUpReport> FinishAsync(WarmUp warmUp)
    {
        long callsBefore = warmUp.Calls;
        long bytesBefore = GC.GetTotalMemory(forceFullCollection: true);
        WarmUpReport report = await warmUp.FinishAsync();
        long bytes = GC.GetTotalMemory(forceFullCollection: true);
        return report with { Heap = new HeapGrowth(warmUp.Calls - callsBefore, bytes - bytesBefore) };
    }

    private async Task<CaseSetup?> ConnectAnchorAsync()
    {
        try
        {
            CaseId id = Anchor.Choose(Cases, _catalog);
            return await CaseConnection.OpenAsync(id, _host, Plan.Run.PayloadKind, Plan.TextsOf(id.Payload), _ended.Token);
        }
        catch (Exception)
        {
            // The anchor is one of the launch's cases, and that case reports the error when it starts.
            return null;
        }
    }

    // Measures the anchor on the thread pool, where passes run too. After an error the launch goes on without its anchor.
    private async Task MeasureAnchorAsync()
    {
        if (_anchor is not { } anchor)
        {
            return;
        }

        try
        {
            AnchorPoint point = await Task.Run(() => Anchor.MeasureAsync(anchor, _recorder, _casesStarted));
            // A clock with coarse steps may measure 0.
            if (point.P50Ns > 0)
            {
                _emit(new AnchorMeasured(anchor.Id.ToString(), point));
            }
        }
        catch (Exception)
        {
            _anchor = null;
        }

        FailIfCallsFailed(anchor, "between the cases");
    }

    // Returns null if the calls are so fast that the pass ends at its time limit, or if all of the last calls failed.
    private double? ExpectedSeconds(PassLimits limits)
    {
        if (_recorder.Count == 0)
        {
            return null;
        }

        double seconds = limits.LeastCalls * Stopwatch.GetElapsedTime(0, Medians.Lower(_recorder.ElapsedTicks.ToArray())).TotalSeconds;
        return seconds > limits.TimeLimit.TotalSeconds ? seconds : null;
    }

    private void NoteChanges(string method, Surroundings before)
    {
        string[] changes = [.. before.ChangesTo(Surroundings.Read())];
        if (changes.Length > 0)
        {
            _changes[method] = [.. _changes.GetValueOrDefault(method, []).Union(changes)];
        }
    }

    private void FailIfCallsFailed(CaseSetup setup, string where)
    {
        if (setup.Answers.Failure is { } failure)
        {
            Fail(setup.Id, $"{where}, {failure}");
        }
    }

    private void Fail(CaseId id, string error)
    {
        if (!Record.Failures.ContainsKey(id))
        {
            _emit(new CaseFailed(id.ToString(), error));
        }
    }

    /// <summary>A method's connected cases and its warm-up.</summary>
    private sealed class MethodWarmUp(string name, IReadOnlyList<CaseSetup> setups, WarmUp? warmUp)
    {
        public string Name => name;

        public IReadOnlyList<CaseSetup> Setups => setups;

        public WarmUp? WarmUp => warmUp;

        /// <summary>Why the warm-up failed. Null if it did not.</summary>
        public Exception? Error { get; set; }
    }
}
