using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Commands.Speed;

/// <summary>What one launch measured of the cells of a study.</summary>
internal sealed class SpeedFigures(IReadOnlyDictionary<CaseId, CaseFigures> cells, IReadOnlyDictionary<int, Crowded> crowds, double peakMemoryBytes)
{
    /// <summary>The most memory that the process had, in bytes; NaN where it is not known.</summary>
    public double PeakMemoryBytes => peakMemoryBytes;

    /// <summary>A cell's p50, in ns; NaN where it is not known.</summary>
    public double P50(CaseId cell) => cells[cell].P50Ns ?? double.NaN;

    /// <summary>A cell's p99, in ns; NaN where it is not known.</summary>
    public double P99(CaseId cell) => cells[cell].P99Ns ?? double.NaN;

    /// <summary>Allocated a call, in bytes.</summary>
    public double Allocated(CaseId cell) => cells[cell].AllocatedBytes ?? double.NaN;

    /// <summary>What so many callers at once came to.</summary>
    public Crowded Crowd(int callers) => crowds[callers];
}

/// <summary>
/// One launch of a study: a process of its own, whose cells take turns of some ms in an order that is drawn anew each
/// round, so that a machine that changes its speed changes all of them alike.
/// </summary>
internal static class SpeedLaunch
{
    // Long against coming back to cold caches, which is no more than the first calls of a turn, short against what the
    // machine's speed holds for.
    private const double TurnMs = 20;
    private const int Rounds = 30;

    // As many as compilation in the background needs to keep up.
    private const int WarmUpRounds = 50;

    private const double CrowdMs = 1000;

    /// <summary>How long a method has to be called before it is warm, whatever the number of its cells: five seconds, by the p50 of each second.</summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    /// <summary>Runs a launch.</summary>
    /// <param name="cells">What is measured.</param>
    /// <param name="crowded">The case that many callers call, and how many; none for no case.</param>
    /// <param name="settings">Environment variables of the process, without their prefix.</param>
    /// <param name="warmUp">How long each method is called before.</param>
    /// <param name="seed">What the order of turns is drawn from.</param>
    /// <param name="interrupted">Ends it.</param>
    /// <exception cref="TurnFailedException">Something failed in it.</exception>
    public static async Task<SpeedFigures> RunAsync(
        IReadOnlyList<CaseId> cells, (CaseId Case, IReadOnlyList<int> Callers)? crowded, IReadOnlyList<(string Setting, string Value)> settings, TimeSpan warmUp, int seed, CancellationToken interrupted)
    {
        ClockFloor clock = ClockFloor.Measure(new CallRecorder(10_000));
        var random = new Random(seed);
        string[] names = [.. cells.Select(cell => cell.ToString())];
        await using var process = TurnProcess.Start(Build.Own, "launch", settings);
        await process.AskAsync<Entered>(
            new Enter(TurnProtocol.Version, names, BindingsAssembly: typeof(PlainTestServer.PlainTestServer).Assembly.Location), interrupted);
        Dictionary<string, int> cellsOfMethod = cells.CountBy(cell => cell.Method).ToDictionary();
        await RunRoundsAsync(WarmUpRounds, cell => warmUp.TotalMilliseconds / WarmUpRounds / cellsOfMethod[CaseId.Parse(cell).Method], keep: false);
        await RunRoundsAsync(Rounds, _ => TurnMs, keep: true);
        var crowds = new Dictionary<int, Crowded>();
        foreach (int callers in crowded?.Callers ?? [])
        {
            crowds[callers] = await process.AskAsync<Crowded>(new Crowd(crowded!.Value.Case.ToString(), callers, CrowdMs), interrupted);
        }

        Told told = await process.AskAsync<Told>(new Tell(), interrupted);
        return new SpeedFigures(
            told.Cases.ToDictionary(sum => CaseId.Parse(sum.Case), sum => CaseFigures.Of(RecordedCalls.Decode(sum.Histogram), clock, sum.MeanNs, sum.AllocatedBytes)),
            crowds,
            told.PeakMemoryBytes ?? double.NaN);

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
