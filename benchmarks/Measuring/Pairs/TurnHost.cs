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
/// The measuring process of the gate: hosts both workers as a launch does, and makes calls of a case when it is asked
/// to, by the loop and recorder of a launch. It knows nothing of the processes that it takes turns with.
/// </summary>
internal sealed class TurnHost : IAsyncDisposable
{
    // A turn of a case that answers within a µs is over sooner; what it has by then says no less.
    private const int MaxCalls = 5_000;

    // While another process had its turn, this one's caches went cold.
    private static readonly PassLimits s_comeBack = new(Calls: 500, TimeSpan.FromMilliseconds(0.5));

    private readonly CallRecorder _recorder = new(MaxCalls);
    private readonly Dictionary<string, CaseTurns> _cases = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ended = new();
    private LaunchHost? _host;
    private long _ownAllocation;

    /// <summary>Answers requests until there are no more.</summary>
    public static async Task RunAsync(TextReader requests, TextWriter replies)
    {
        await using var host = new TurnHost();
        // A parent that dies, however it dies, closes its end.
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
                Enter enter => await EnterAsync(enter),
                Slow slow => SlowDown(slow),
                Turn turn => await TurnAsync(turn),
                Crowd crowd => await CrowdAsync(crowd),
                Tell => new Told([.. _cases.Values.Where(one => one.Calls > 0).Select(one => one.Sum())], PeakMemoryBytes()),
                var unknown => throw new UnusableInputException($"Request {unknown.GetType().Name} is unknown."),
            };
        }
        catch (Exception e)
        {
            return new Refused(e.Message, e is UnusableInputException or JsonException);
        }
    }

    private async Task<TurnReply> EnterAsync(Enter enter)
    {
        if (enter.Version != TurnProtocol.Version)
        {
            throw new UnusableInputException($"The gate speaks version {enter.Version} of the measuring processes' protocol. Accepted: {TurnProtocol.Version}.");
        }

        var matrix = new Matrix(BindingCatalog.WithAssembly(enter.BindingsAssembly));
        _host = new LaunchHost(enter.BindingsAssembly);
        foreach (CaseId id in matrix.InOrder(enter.Cases.Select(CaseId.Parse)))
        {
            _cases[id.ToString()] = new CaseTurns(await ConnectAsync(id));
        }

        await MeasureOwnAllocationAsync();
        return new Entered(RuntimeInformation.FrameworkDescription, enter.Processor is { } processor && OneProcessor.Keep(processor));
    }

    private async Task<CaseSetup> ConnectAsync(CaseId id)
    {
        try
        {
            return await CaseConnection.OpenAsync(id, _host!, fileText: null, _ended.Token);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{id} failed: {e.Message}", e);
        }
    }

    // What a turn allocates beside its calls, which are few where calls are slow.
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

    private Done SlowDown(Slow slow)
    {
        CaseTurns one = Find(slow.Case);
        one.Setup = one.Setup with { Stub = new SlowedStub(one.Setup.Stub, slow.Ns, slow.Every) };
        return new Done(null);
    }

    private async Task<TurnReply> TurnAsync(Turn turn)
    {
        CaseTurns one = Find(turn.Case);
        await LatencyPass.RunAsync(one.Setup, _recorder, s_comeBack);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await LatencyPass.RunAsync(one.Setup, _recorder, new PassLimits(MaxCalls, TimeSpan.FromMilliseconds(turn.Ms)));
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        if (turn.Keep)
        {
            one.Add(_recorder.ElapsedTicks, Math.Max(0, allocated - _ownAllocation));
        }

        return new Done(WarmUp.Median(_recorder.ElapsedTicks.ToArray()) * 1e9 / Stopwatch.Frequency);
    }

    private async Task<Crowded> CrowdAsync(Crowd crowd)
    {
        using var recorded = new CallsByThread();
        CallersLimits limits = CallersLimits.OfLaunch with { Length = TimeSpan.FromMilliseconds(crowd.Ms) };
        CallersReport report = await CallersMeter.MeasureAsync(Find(crowd.Case).Setup, crowd.Callers, recorded, limits, () => { });
        return new Crowded(report.CallsPerSecond, report.MaxNs);
    }

    private static double PeakMemoryBytes()
    {
        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }

    private CaseTurns Find(string name) =>
        _cases.GetValueOrDefault(name) ?? throw UnusableInputException.Unknown("case", name, _cases.Keys);

    /// <summary>A case, and what its kept turns measured so far.</summary>
    private sealed class CaseTurns(CaseSetup setup)
    {
        private readonly LongHistogram _histogram = Histograms.Create(Stopwatch.Frequency);
        private readonly long _ceiling = Histograms.CeilingTicks(Stopwatch.Frequency);
        private long _ticks;
        private long _allocated;

        public CaseSetup Setup { get; set; } = setup;

        public long Calls => _histogram.TotalCount;

        public void Add(ReadOnlySpan<long> elapsedTicks, long allocated)
        {
            foreach (long ticks in elapsedTicks)
            {
                _ticks += ticks;
                _histogram.RecordValue(Math.Min(ticks, _ceiling));
            }

            _allocated += allocated;
        }

        public TurnSum Sum() => new(
            Setup.Id.ToString(), Histograms.Encode(_histogram), _ticks * 1e9 / Stopwatch.Frequency / Calls, _allocated / (double)Calls);
    }
}
