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
/// <param name="baseline">The base's build. The control runs it too.</param>
/// <param name="head">The head's build.</param>
/// <param name="kind">The kind of the cases' payloads, which is the same for all builds.</param>
/// <param name="release">The build of an older release; null if there is none.</param>
internal sealed class PairRunner(
    ProgramBuild baseline, ProgramBuild head, PayloadKind kind, ProgramBuild? release = null)
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
    private const string Release = "release";

    // A turn is shorter than the tens of ms for which the machine's speed is constant. It is 10 times longer than the warm-up of
    // the CPU caches (0.5 ms) at its start.
    private const double TurnMs = 5;

    // All code is compiled at the first call. In the third round, the p50s have reached the level that they keep.
    private const int WarmUpRounds = 3;

    // The clock is measured in this process, because the measuring processes read the same clock.
    private readonly ClockFloor _clock = ClockMeter.Measure(new CallRecorder(10_000));

    /// <summary>Measures one pair: starts its processes, which then make calls in turn.</summary>
    /// <param name="plan">The cases, the control and the number of rounds.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="interrupted">A token that cancels the measurement and ends the processes.</param>
    /// <exception cref="TurnFailedException">A process of the pair failed.</exception>
    /// <exception cref="UnusableInputException">A build cannot measure one of the cases.</exception>
    public async Task<Pair> RunAsync(PairPlan plan, int seed, CancellationToken interrupted)
    {
        var random = new Random(unchecked((seed * 397) ^ plan.Number));
        var processes = new List<TurnProcess>();
        try
        {
            (string Name, ProgramBuild? Build)[] starts =
                [(Base, baseline), (Head, head), (Control, plan.Injection is null ? null : baseline), (Release, release)];
            random.Shuffle(starts);
            foreach ((string name, ProgramBuild? maybe) in starts)
            {
                if (maybe is { } build)
                {
                    processes.Add(TurnProcess.Start(build, name, RuntimeSettings));
                }
            }

            var connect = new ConnectCases(TurnProtocol.Version, plan.Cases, kind, OneProcessor.Choose());
            CasesConnected[] connected = await Task.WhenAll(
                processes.Select(process => process.AskAsync<CasesConnected>(connect, interrupted)));
            await RunRoundsAsync([.. processes], plan, random, interrupted);
            return new Pair
            {
                Number = plan.Number,
                Injection = plan.Injection,
                OnOneProcessor = connected.All(one => one.OnOneProcessor),
                MeasuredAt = DateTimeOffset.UtcNow,
                Base = (await ResultsAsync(Base))!,
                Head = (await ResultsAsync(Head))!,
                Control = await ResultsAsync(Control) ?? new Dictionary<string, CaseFigures>(),
                Release = await ResultsAsync(Release),
            };
        }
        finally
        {
            foreach (TurnProcess process in processes)
            {
                await process.DisposeAsync();
            }
        }

        async Task<IReadOnlyDictionary<string, CaseFigures>?> ResultsAsync(string name)
        {
            if (processes.Find(process => process.Name == name) is not { } found)
            {
                return null;
            }

            TurnResults results = await found.AskAsync<TurnResults>(new GetResults(), interrupted);
            return results.Cases.ToDictionary(
                sum => sum.Case,
                sum => CaseFigures.Of(RecordedCalls.Decode(sum.Histogram), _clock, sum.MeanNs, sum.AllocatedBytes));
        }
    }

    private static async Task RunRoundsAsync(TurnProcess[] processes, PairPlan plan, Random random, CancellationToken interrupted)
    {
        var baseP50s = plan.Cases.ToDictionary(name => name, _ => new List<double>());
        await RoundsAsync(WarmUpRounds, keep: false, (name, process, done) =>
        {
            if (process.Name == Base)
            {
                baseP50s[name].Add(done.P50Ns!.Value);
            }
        });
        await InjectAsync(Control, plan.Injection);
        await InjectAsync(Head, plan.HeadInjection);
        await RoundsAsync(plan.Rounds, keep: true, (_, _, _) => { });

        async Task InjectAsync(string slowed, Injection? injection)
        {
            if (injection is null)
            {
                return;
            }

            TurnProcess process = processes.Single(one => one.Name == slowed);
            foreach (string name in plan.Cases.Where(name => injection.Case is null || name == injection.Case))
            {
                double delay = injection.DelayNs(Medians.Lower(baseP50s[name].ToArray()));
                await process.AskAsync<Done>(new SlowCase(name, delay, injection.Every), interrupted);
            }
        }

        async Task RoundsAsync(int rounds, bool keep, Action<string, TurnProcess, Done> done)
        {
            string[] order = [.. plan.Cases];
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
