using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Pairs;

/// <summary>
/// Measures a pair: processes of both builds exist at the same time and share one processor. One process at a time makes calls
/// for 5 ms (a turn), in random order. The machine's speed can change by more than half for tens of ms. Short turns spread
/// such a change over both builds. Two processes of the same build also differ, so the gate measures several pairs.
/// </summary>
/// <remarks>
/// Sources: Abedi and Brecht 2017 interleave whole trials. Bulej et al. 2020, "Duet Benchmarking", run both builds
/// in parallel, which needs more than two cores. Kalibera and Jones 2013, "Rigorous Benchmarking in Reasonable Time",
/// repeat the level that varies. Here that level is the process.
/// </remarks>
/// <param name="baseline">The base's build.</param>
/// <param name="head">The head's build.</param>
/// <param name="cases">The short names of the cases.</param>
/// <param name="kind">The kind of the cases' payloads, which is the same for both builds.</param>
internal sealed class PairRunner(ProgramBuild baseline, ProgramBuild head, IReadOnlyList<string> cases, PayloadKind kind)
{
    /// <summary>
    /// The .NET runtime settings of the measuring processes. All code is compiled once and fully optimized: with
    /// tiered compilation, a process needs seconds to become warm, and each process recompiles other methods at other times.
    /// Idle pool threads do not spin, because on one processor they would block the thread that they wait for. The
    /// disadvantage: changes in the effect of tiered compilation stay invisible.
    /// </summary>
    public static readonly IReadOnlyList<(string Setting, string Value)> RuntimeSettings =
        [("TieredCompilation", "0"), ("ReadyToRun", "0"), ("ThreadPool_UnfairSemaphoreSpinLimit", "0")];

    private const string Base = "base";
    private const string Head = "head";
    private const string Control = "control";

    // A turn is shorter than the tens of ms for which the machine's speed is constant. It is 10 times longer than the warm-up of
    // the CPU caches (0.5 ms) at its start.
    private const double TurnMs = 5;
    private const int WarmUpRounds = 6;
    private const int Rounds = 24;

    // The clock is measured in this process, because the measuring processes read the same clock.
    private readonly ClockFloor _clock = ClockMeter.Measure(new CallRecorder(10_000));

    /// <summary>Measures one pair: starts a base, a head and a control process, which then make calls in turn.</summary>
    public async Task<Pair> RunAsync(int number, Injection injection, int seed, CancellationToken interrupted)
    {
        var random = new Random(unchecked((seed * 397) ^ number));
        var processes = new List<TurnProcess>();
        try
        {
            (string Name, ProgramBuild Build)[] starts = [(Base, baseline), (Head, head), (Control, baseline)];
            random.Shuffle(starts);
            foreach ((string name, ProgramBuild build) in starts)
            {
                processes.Add(TurnProcess.Start(build, name, RuntimeSettings));
            }

            var connect = new ConnectCases(TurnProtocol.Version, cases, kind, OneProcessor.Choose());
            CasesConnected[] connected = await Task.WhenAll(
                processes.Select(process => process.AskAsync<CasesConnected>(connect, interrupted)));
            await RunAsync([.. processes], injection, random, interrupted);
            return new Pair
            {
                Number = number,
                Injection = injection,
                OnOneProcessor = connected.All(one => one.OnOneProcessor),
                Base = await ResultsAsync(Base),
                Head = await ResultsAsync(Head),
                Control = await ResultsAsync(Control),
            };
        }
        finally
        {
            foreach (TurnProcess process in processes)
            {
                await process.DisposeAsync();
            }
        }

        async Task<IReadOnlyDictionary<string, CaseFigures>> ResultsAsync(string name)
        {
            TurnProcess process = processes.Single(process => process.Name == name);
            TurnResults results = await process.AskAsync<TurnResults>(new GetResults(), interrupted);
            return results.Cases.ToDictionary(
                sum => sum.Case,
                sum => CaseFigures.Of(RecordedCalls.Decode(sum.Histogram), _clock, sum.MeanNs, sum.AllocatedBytes));
        }
    }

    private async Task RunAsync(TurnProcess[] processes, Injection injection, Random random, CancellationToken interrupted)
    {
        var baseP50s = new List<double>();
        await RunRoundsAsync(WarmUpRounds, keep: false, (name, process, done) =>
        {
            if (name == injection.Case && process.Name == Base)
            {
                baseP50s.Add(done.P50Ns!.Value);
            }
        });
        var slow = new SlowCase(injection.Case, injection.DelayNs(Medians.Lower(baseP50s.ToArray())), injection.Every);
        await processes.Single(process => process.Name == Control).AskAsync<Done>(slow, interrupted);
        await RunRoundsAsync(Rounds, keep: true, (_, _, _) => { });

        async Task RunRoundsAsync(int rounds, bool keep, Action<string, TurnProcess, Done> done)
        {
            string[] order = [.. cases];
            for (int round = 0; round < rounds; round++)
            {
                random.Shuffle(order);
                foreach (string name in order)
                {
                    random.Shuffle(processes);
                    foreach (TurnProcess process in processes)
                    {
                        done(name, process, await process.AskAsync<Done>(new Turn(name, TurnMs, keep), interrupted));
                    }
                }
            }
        }
    }
}
