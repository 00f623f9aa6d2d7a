using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using HdrHistogram;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Pairs;

/// <summary>
/// The gate's measuring process: hosts both workers and measures a case for a few ms (one turn) per request.
/// Uses the same loop and recorder as a launch. It does not know of the other processes of the pair.
/// </summary>
internal sealed class TurnHost : IAsyncDisposable
{
    // The largest number of calls in one turn. If a call takes less than 1 µs, the turn ends before its 5 ms are over. 5,000
    // calls are enough for a p50.
    private const int MaxCalls = 5_000;

    // A turn of long calls takes longer than it should, so that the six turns of a pair are enough calls for a p50.
    private const int LeastCalls = 5;

    // Each turn starts with calls that do not count. They refill the CPU caches, because the turns of other processes have evicted
    // this process's data.
    private static readonly PassLimits s_cacheWarmUp = new(Calls: 500, TimeSpan.FromMilliseconds(0.5));

    private readonly CallRecorder _recorder = new(MaxCalls);
    private readonly Dictionary<string, CaseTurns> _cases = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ended = new();
    private LaunchHost? _host;
    private long _ownAllocation;

    /// <summary>Answers requests of the gate until the end of the input.</summary>
    public static async Task RunAsync(TextReader requests, TextWriter replies)
    {
        await using var host = new TurnHost();
        // The input also ends if the parent process is killed, so this process never outlives its parent.
        while (await requests.ReadLineAsync() is { } line)
        {
            await replies.WriteLineAsync(TurnJson.Write(await host.AnswerAsync(line)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        _ended.Dispose();
    }

    private async Task<TurnReply> AnswerAsync(string line)
    {
        try
        {
            return TurnJson.ReadRequest(line) switch
            {
                ConnectCases connect => await ConnectCasesAsync(connect),
                SlowCase slow => AddDelay(slow),
                Turn turn => await TurnAsync(turn),
                RunCallers run => await RunCallersAsync(run),
                GetResults => new TurnResults([.. _cases.Values.Where(one => one.Calls > 0).Select(one => one.Sum())], PeakMemoryBytes()),
                var unknown => throw new UnusableInputException($"Request {unknown.GetType().Name} is unknown."),
            };
        }
        catch (Exception e)
        {
            return new Refused(e.Message, e is UnusableInputException or JsonException);
        }
    }

    private async Task<TurnReply> ConnectCasesAsync(ConnectCases request)
    {
        if (request.Version != TurnProtocol.Version)
        {
            throw new UnusableInputException(
                $"The gate speaks version {request.Version} of the measuring processes' protocol. Accepted: {TurnProtocol.Version}.");
        }

        var matrix = new Matrix(BindingCatalog.WithAssembly(request.BindingsAssembly));
        _host = new LaunchHost(request.BindingsAssembly);
        foreach (CaseId id in matrix.InOrder(request.Cases.Select(CaseId.Parse)))
        {
            _cases[id.ToString()] = new CaseTurns(await ConnectAsync(id, request.PayloadKind));
        }

        await MeasureOwnAllocationAsync();
        bool onOneProcessor = request.Processor is { } processor && OneProcessor.Keep(processor);
        return new CasesConnected(RuntimeInformation.FrameworkDescription, onOneProcessor);
    }

    private async Task<CaseSetup> ConnectAsync(CaseId id, PayloadKind kind)
    {
        try
        {
            return await CaseConnection.OpenAsync(id, _host!, kind, texts: [], _ended.Token);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{id} failed: {e.Message}", e);
        }
    }

    // Measures the bytes that a turn without calls allocates. They are subtracted from each turn: if calls are slow, a turn has few
    // calls, and these bytes would add much to each.
    private async Task MeasureOwnAllocationAsync()
    {
        CaseSetup any = _cases.Values.First().Setup;
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await LatencyPass.RunAsync(any, _recorder, new PassLimits(Calls: 0, TimeSpan.Zero));
            _ownAllocation = GC.GetTotalAllocatedBytes(precise: true) - before;
        }
    }

    private Done AddDelay(SlowCase request)
    {
        CaseTurns one = Find(request.Case);
        one.Setup = one.Setup with { Stub = new SlowedStub(one.Setup.Stub, request.Ns, request.Every) };
        return new Done(null);
    }

    private async Task<TurnReply> TurnAsync(Turn turn)
    {
        CaseTurns one = Find(turn.Case);
        await LatencyPass.RunAsync(one.Setup, _recorder, s_cacheWarmUp);
        var limits = new PassLimits(MaxCalls, TimeSpan.FromMilliseconds(turn.Ms)) { LeastCalls = LeastCalls };
        long before = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan cpuBefore = Environment.CpuUsage.TotalTime;
        LoopEnd end = await LatencyPass.RunAsync(one.Setup, _recorder, limits);
        TimeSpan cpu = Environment.CpuUsage.TotalTime - cpuBefore - Stopwatch.GetElapsedTime(0, end.CheckingTicks);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        RequireNoFailure(one.Setup);
        if (turn.Keep)
        {
            one.Add(_recorder.ElapsedTicks, Math.Max(0, allocated - _ownAllocation), cpu);
        }

        return new Done(ClockTicks.ToNs(Medians.Lower(_recorder.ElapsedTicks.ToArray())));
    }

    private async Task<CallersResult> RunCallersAsync(RunCallers request)
    {
        using var recorded = new CallsByThread();
        CallersLimits limits = CallersLimits.OfLaunch with { Length = TimeSpan.FromMilliseconds(request.Ms) };
        CaseSetup setup = Find(request.Case).Setup;
        CallersReport report = await CallersMeter.MeasureAsync(setup, request.Callers, recorded, limits, () => { });
        RequireNoFailure(setup);
        return new CallersResult(report.CallsPerSecond, report.MaxNs);
    }

    private static void RequireNoFailure(CaseSetup setup)
    {
        if (setup.Answers.Failure is { } failure)
        {
            throw new InvalidOperationException($"{setup.Id} failed: {failure}");
        }
    }

    private static double PeakMemoryBytes()
    {
        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }

    private CaseTurns Find(string name) =>
        _cases.GetValueOrDefault(name) ?? throw UnusableInputException.Unknown("case", name, _cases.Keys);

    /// <summary>Adds up the durations and allocations of a case's calls over its turns. The turns of the warm-up are not added.</summary>
    private sealed class CaseTurns(CaseSetup setup)
    {
        private readonly LongHistogram _histogram = Histograms.Create(Stopwatch.Frequency);
        private readonly long _ceiling = Histograms.CeilingTicks(Stopwatch.Frequency);
        private long _ticks;
        private long _allocated;
        private TimeSpan _cpu;

        public CaseSetup Setup { get; set; } = setup;

        public long Calls => _histogram.TotalCount;

        public void Add(ReadOnlySpan<long> elapsedTicks, long allocated, TimeSpan cpu)
        {
            foreach (long ticks in elapsedTicks)
            {
                _ticks += ticks;
                _histogram.RecordValue(Math.Min(ticks, _ceiling));
            }

            _allocated += allocated;
            _cpu += cpu;
        }

        public TurnSum Sum() => new(
            Setup.Id.ToString(),
            Histograms.Encode(_histogram),
            ClockTicks.ToNs(_ticks) / Calls,
            _allocated / (double)Calls,
            _cpu.TotalNanoseconds / Calls);
    }
}
