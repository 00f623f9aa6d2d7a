using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Measuring.Pairs;

/// <summary>
/// Measures a pair: processes of both builds, alive together on one processor, take turns of a few ms in coin-flip
/// order, so that what the machine does to one it does to the other (a machine changes its speed by more than half, for
/// tens of ms; Abedi and Brecht 2017 interleave whole trials for the same reason, and Bulej et al. 2020, "Duet
/// Benchmarking", run both at once, for which two cores have no room). What differs from process to process is left: that
/// is what several pairs are for (Kalibera and Jones 2013, "Rigorous Benchmarking in Reasonable Time": repeat at the
/// level that varies).
/// </summary>
/// <param name="baseline">The base's build.</param>
/// <param name="head">The head's build.</param>
/// <param name="cases">The short names of the cases.</param>
internal sealed class PairRunner(Build baseline, Build head, IReadOnlyList<string> cases)
{
    /// <summary>
    /// How the measuring processes run. All code is compiled once, to its last tier: by default a process is far from warm
    /// for seconds, and differs from the next one by what was recompiled when. A worker thread that waits for work sleeps
    /// at once: on one processor its spinning would keep the thread that it waits for from running. The price is that
    /// a change in what tiering and its profile make of the code is not seen.
    /// </summary>
    public static readonly IReadOnlyList<(string Setting, string Value)> RuntimeSettings =
        [("TieredCompilation", "0"), ("ReadyToRun", "0"), ("ThreadPool_UnfairSemaphoreSpinLimit", "0")];

    private const string Base = "base";
    private const string Head = "head";
    private const string Control = "control";

    // Short against what the machine's speed holds for, and long against coming back to cold caches.
    private const double TurnMs = 5;
    private const int WarmUpRounds = 6;
    private const int Rounds = 24;

    // The parent's clock is the processes' too.
    private readonly ClockFloor _clock = ClockMeter.Measure(new CallRecorder(10_000));

    /// <summary>Measures a pair: base, head and control take turns.</summary>
    public async Task<Pair> RunAsync(int number, Injection injection, int seed, CancellationToken interrupted)
    {
        var random = new Random(unchecked((seed * 397) ^ number));
        var processes = new List<TurnProcess>();
        try
        {
            (string Name, Build Build)[] starts = [(Base, baseline), (Head, head), (Control, baseline)];
            random.Shuffle(starts);
            foreach ((string name, Build build) in starts)
            {
                processes.Add(TurnProcess.Start(build, name, RuntimeSettings));
            }

            var enter = new Enter(TurnProtocol.Version, cases, OneProcessor.Choose());
            Entered[] entered = await Task.WhenAll(processes.Select(process => process.AskAsync<Entered>(enter, interrupted)));
            await RunAsync([.. processes], injection, random, interrupted);
            return new Pair
            {
                Number = number,
                Injection = injection,
                OnOneProcessor = entered.All(one => one.OnOneProcessor),
                Base = await TellAsync(Base),
                Head = await TellAsync(Head),
                Control = await TellAsync(Control),
            };
        }
        finally
        {
            foreach (TurnProcess process in processes)
            {
                await process.DisposeAsync();
            }
        }

        async Task<IReadOnlyDictionary<string, CaseFigures>> TellAsync(string name) =>
            (await processes.Single(process => process.Name == name).AskAsync<Told>(new Tell(), interrupted)).Cases
                .ToDictionary(sum => sum.Case, sum => CaseFigures.Of(RecordedCalls.Decode(sum.Histogram), _clock, sum.MeanNs, sum.AllocatedBytes));
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
        var slow = new Slow(injection.Case, injection.DelayNs(WarmUp.Median(baseP50s.ToArray())), injection.Every);
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
