using WorkerRpc.Benchmarks.Adapter;
using WorkerRpc.Benchmarks.Commands.SelfTest;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>What one launch measures.</summary>
public sealed record LaunchPlan
{
    /// <summary>Its number in the run, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The short names of the cases, in the order of execution.</summary>
    public required IReadOnlyList<string> Cases { get; init; }

    /// <summary>How the run was asked for.</summary>
    public required RunSettings Run { get; init; }

    /// <summary>An assembly with more bindings; null for none.</summary>
    public required string? BindingsAssembly { get; init; }

    /// <summary>The text of the run's payload file, as it was read once for all launches; null for none.</summary>
    public required string? PayloadText { get; init; }

    /// <summary>What the process's garbage collector has to run with, in the report's words; null for anything.</summary>
    public string? GarbageCollector { get; init; }

    /// <summary>A recorder that lies, for the self-test; null for the true one.</summary>
    public Sabotage? Sabotage { get; init; }

    /// <summary>Where BenchmarkDotNet's own output goes.</summary>
    public required string Folder { get; init; }
}

/// <summary>
/// One process's measurement: both workers hosted once, every method warmed until it is steady, then every case by
/// BenchmarkDotNet and by a latency pass, in the given order.
/// </summary>
internal sealed class Launch : IAsyncDisposable
{
    private static Launch? s_current;

    private readonly Action<LaunchEvent> _emit;
    private readonly LaunchHost _host;
    private readonly CallRecorder _recorder;
    private readonly CallsByThread _callersCalls = new();
    private readonly HashSet<string> _references;
    private readonly CancellationTokenSource _ended = new();
    private CaseSetup? _active;

    private Launch(LaunchPlan plan, Action<LaunchEvent> emit)
    {
        Plan = plan;
        Record = new LaunchRecord(plan.Number);
        Cases = [.. plan.Cases.Select(CaseId.Parse)];
        _emit = said =>
        {
            Record.Apply(said);
            emit(said);
        };
        _host = new LaunchHost(plan.BindingsAssembly);
        _references = [.. BindingCatalog.WithAssembly(plan.BindingsAssembly).All.Where(binding => binding.Tags.Contains(BindingTags.Reference)).Select(binding => binding.Id)];
        // Taken before anything is warm, so that no case finds a heap of another shape.
        _recorder = plan.Sabotage is { } sabotage ? LyingRecorder.Make(sabotage, PassLimits.Of(plan.Run)) : new CallRecorder(Math.Max(plan.Run.Calls, WarmUp.TurnCalls));
    }

    /// <summary>The launch of this process, for what BenchmarkDotNet makes by reflection.</summary>
    public static Launch Current => s_current ?? throw new InvalidOperationException("No launch is running in this process.");

    /// <summary>What it measures.</summary>
    public LaunchPlan Plan { get; }

    /// <summary>The cases, in the order of execution.</summary>
    public IReadOnlyList<CaseId> Cases { get; }

    /// <summary>What it has said so far.</summary>
    public LaunchRecord Record { get; }

    /// <summary>Runs a launch in this process.</summary>
    public static async Task RunAsync(LaunchPlan plan, Action<LaunchEvent> emit)
    {
        await using var launch = new Launch(plan, emit);
        s_current = launch;
        Selection.Current = launch.Cases;
        launch._emit(new Hosted(ClockMeter.Measure(launch._recorder), ProcessEnvironment.Current()));
        await launch.WarmUpAsync();
        // BenchmarkDotNet blocks its thread. One of the thread pool's would be missing there, as it is in no worker; and it may
        // be the one that reads the connection of the method that was warmed up last, which would read nothing more.
        await Task.Factory.StartNew(() => BenchmarkRun.Run(launch), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        foreach (CaseId lost in launch.Cases.Where(id => !launch.Record.Passes.ContainsKey(id)))
        {
            launch.Fail(lost, "BenchmarkDotNet did not run it; its log says why");
        }

        launch._emit(new Finished());
    }

    /// <summary>Makes a case's request and proves the answer to it.</summary>
    /// <exception cref="InvalidOperationException">The answer is wrong.</exception>
    public async Task<CaseSetup> EnterAsync(CaseId id)
    {
        _emit(new CaseStarting(id.ToString()));
        try
        {
            return _active = await CaseSetup.ConnectAsync(id, _host, Plan.PayloadText, _ended.Token);
        }
        catch (Exception e)
        {
            Fail(id, e.Message);
            throw;
        }
    }

    /// <summary>Runs the latency pass of the case that BenchmarkDotNet has just measured, and after it the callers that the run asks for.</summary>
    public async Task PassAsync()
    {
        CaseSetup setup = _active!;
        await WarmUp.SettleAsync(setup, _recorder);
        PassReport report = await PassMeter.MeasureAsync(setup, _recorder, PassLimits.Of(Plan.Run), Plan.Number, _emit);
        _emit(new CaseMeasured(setup.Id.ToString(), report with { Callers = await CallersAsync(setup) }));
    }

    /// <summary>Notes that the case that is being measured failed.</summary>
    public void FailActive(Exception error)
    {
        // A set-up that failed has said so itself, and left no active case.
        if (_active is { } active)
        {
            Fail(active.Id, error.Message);
        }
    }

    /// <summary>Leaves the case.</summary>
    public void Leave() => _active = null;

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _host.DisposeAsync();
        _callersCalls.Dispose();
        _ended.Dispose();
        s_current = null;
    }

    private async Task<IReadOnlyList<CallersReport>> CallersAsync(CaseSetup setup)
    {
        // A reference is what a call cannot do without: nobody delegates by it.
        if (_references.Contains(setup.Id.Method))
        {
            return [];
        }

        var reports = new List<CallersReport>();
        foreach (int callers in Plan.Run.Callers)
        {
            var starting = new CallersStarting(setup.Id.ToString(), callers);
            reports.Add(await CallersMeter.MeasureAsync(setup, callers, _callersCalls, CallersLimits.OfLaunch, () => _emit(starting)));
        }

        return reports;
    }

    private async Task WarmUpAsync()
    {
        foreach (IGrouping<string, CaseId> method in Cases.GroupBy(id => id.Method))
        {
            _emit(new WarmingUp(method.Key));
            _emit(new WarmedUp(await WarmUpAsync(method.Key, method)));
        }
    }

    private async Task<WarmUpReport> WarmUpAsync(string method, IEnumerable<CaseId> cases)
    {
        try
        {
            var setups = new List<CaseSetup>();
            foreach (CaseId id in cases)
            {
                setups.Add(await CaseSetup.ConnectAsync(id, _host, Plan.PayloadText, _ended.Token));
            }

            return await Task.Run(() => WarmUp.RunAsync(method, setups, _recorder, () => _emit(new WarmingUp(method))));
        }
        catch (Exception e)
        {
            // The method's cases will say it again, each for itself; other methods are none the worse.
            return new WarmUpReport(method, Steady: false, e.Message, []);
        }
    }

    private void Fail(CaseId id, string error)
    {
        if (!Record.Failures.ContainsKey(id))
        {
            _emit(new CaseFailed(id.ToString(), error));
        }
    }
}
