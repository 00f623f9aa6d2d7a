using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Functions;

namespace WorkerRpc.Studies;

/// <summary>
/// A launch of a study: one process that measures each case in many slices of 20 ms. Every round measures one slice of each case, in a
/// new random order, so that a change of the machine's speed affects all cases equally.
/// </summary>
internal static class StudyLaunch
{
    // A slice is long enough that its first calls, with cold caches, do not matter. It is short enough that the machine's speed does not
    // change.
    private const double SliceMs = 20;
    private const int Rounds = 30;

    // The warm-up has many short rounds, so that the JIT's background thread has time to compile between them.
    private const int WarmUpRounds = 50;

    private const double ConcurrentMs = 1000;

    /// <summary>The duration of each method's warm-up. After 5 s, the p50 no longer changes from second to second.</summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    /// <summary>Runs a launch in a new process.</summary>
    /// <param name="cases">The cases to measure.</param>
    /// <param name="concurrent">
    /// A case to measure with concurrent callers, and the numbers of callers, or null to measure no concurrent callers.
    /// </param>
    /// <param name="settings">The environment variables of the process, without the prefix <c>DOTNET_</c>.</param>
    /// <param name="warmUp">The time for which each method is called before the measurement.</param>
    /// <param name="seed">The seed of the random orders.</param>
    /// <param name="interrupted">A token that cancels the launch.</param>
    /// <exception cref="TurnFailedException">The process ended or hung, or a call failed.</exception>
    public static async Task<LaunchFigures> RunAsync(
        IReadOnlyList<CaseId> cases,
        (CaseId Case, IReadOnlyList<int> Callers)? concurrent,
        IReadOnlyList<(string Setting, string Value)> settings,
        TimeSpan warmUp,
        int seed,
        CancellationToken interrupted)
    {
        ClockFloor clock = ClockMeter.Measure(new CallRecorder(10_000));
        var random = new Random(seed);
        string[] names = [.. cases.Select(id => id.ToString())];
        string bindings = typeof(PlainTestServer).Assembly.Location;
        await using var process = TurnProcess.Start(ProgramBuild.Own, "launch", settings);
        // The committed figures of the studies were measured with letters.
        var connect = new ConnectCases(TurnProtocol.Version, names, PayloadKind.Letters, BindingsAssembly: bindings);
        await process.AskAsync<CasesConnected>(connect, interrupted);

        Dictionary<string, int> casesOfMethod = cases.CountBy(id => id.Method).ToDictionary();
        double warmUpMs = warmUp.TotalMilliseconds / WarmUpRounds;
        await RunRoundsAsync(WarmUpRounds, name => warmUpMs / casesOfMethod[CaseId.Parse(name).Method], keep: false);
        await RunRoundsAsync(Rounds, _ => SliceMs, keep: true);
        var reached = new Dictionary<int, CallersResult>();
        foreach (int callers in concurrent?.Callers ?? [])
        {
            var request = new RunCallers(concurrent!.Value.Case.ToString(), callers, ConcurrentMs);
            reached[callers] = await process.AskAsync<CallersResult>(request, interrupted);
        }

        TurnResults results = await process.AskAsync<TurnResults>(new GetResults(), interrupted);
        return new LaunchFigures(
            results.Cases.ToDictionary(sum => CaseId.Parse(sum.Case), FiguresOf),
            results.Cases.ToDictionary(sum => CaseId.Parse(sum.Case), sum => sum.CpuNs ?? double.NaN),
            reached,
            results.PeakMemoryBytes ?? double.NaN);

        CaseFigures FiguresOf(TurnSum sum) =>
            CaseFigures.Of(RecordedCalls.Decode(sum.Histogram), clock, sum.MeanNs, sum.AllocatedBytes);

        async Task RunRoundsAsync(int rounds, Func<string, double> ms, bool keep)
        {
            for (int round = 0; round < rounds; round++)
            {
                random.Shuffle(names);
                foreach (string name in names)
                {
                    await process.AskAsync<Done>(new Turn(name, ms(name), keep), interrupted);
                }
            }
        }
    }
}
