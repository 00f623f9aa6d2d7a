using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Analysis.Comparing;

/// <summary>Recorded runs with random differences between sittings, runs and launches, from a seed.</summary>
internal sealed class MadeUpRuns(int seed)
{
    public const int Launches = 6;

    /// <summary>The time of the first recorded run.</summary>
    public static readonly DateTimeOffset Began = new(2026, 1, 2, 3, 0, 0, TimeSpan.Zero);

    // Standard deviations of a p50. A mean varies as much, a p95 twice and a p99 four times as much.
    private const double OfSitting = 0.02;
    private const double OfRun = 0.03;
    private const double OfLaunch = 0.05;

    private readonly Random _random = new(seed);

    /// <summary>Records runs of made-up cases, in sittings that are three hours apart.</summary>
    public RunPool Record(IReadOnlyList<string> cases, int sittings = 3, int runsOfSitting = 4) =>
        Record(MadeUp.Report(Launches), Plain(cases), OfLaunch, sittings, runsOfSitting);

    /// <summary>Records runs whose launches differ as those of a report do, on its machine.</summary>
    public RunPool Record(RunReport report) => Record(report, BetweenRuns.Record(report).Launches, 0, 3, 4);

    /// <summary>Measures a run in a new sitting.</summary>
    public IReadOnlyDictionary<string, ComparedCase> Run(IReadOnlyList<string> cases) =>
        BetweenRuns.Summarize(Run(Plain(cases), OfLaunch, Normal(OfSitting), Began.AddDays(1)));

    private static IReadOnlyList<IReadOnlyDictionary<string, CaseFigures>> Plain(IReadOnlyList<string> cases) =>
        [.. Enumerable.Repeat(cases.ToDictionary(name => name, _ => MadeUpPairs.Plain), Launches)];

    private RunPool Record(
        RunReport report,
        IReadOnlyList<IReadOnlyDictionary<string, CaseFigures>> launches,
        double ofLaunch,
        int sittings,
        int runsOfSitting) =>
        new(
            new RunPoolHeader
            {
                Version = RunPoolHeader.CurrentVersion,
                Conditions = RunConditions.Of(report),
                Launches = launches.Count,
            },
            [
                .. from sitting in Enumerable.Range(0, sittings)
                   let state = Normal(OfSitting)
                   from run in Enumerable.Range(0, runsOfSitting)
                   select Run(launches, ofLaunch, state, Began.AddHours(3 * sitting).AddMinutes(8 * run)),
            ]);

    private RecordedRun Run(
        IReadOnlyList<IReadOnlyDictionary<string, CaseFigures>> launches, double ofLaunch, double state, DateTimeOffset at)
    {
        var ofCases = launches[0].Keys.ToDictionary(
            name => name, _ => (P50: Normal(OfRun), P95: Normal(OfRun), P99: Normal(OfRun), Mean: Normal(OfRun)));
        return new RecordedRun
        {
            StartedAt = at,
            Seconds = 400,
            Commit = "0123456789abcdef",
            Launches =
            [
                .. launches.Select(launch => launch.ToDictionary(one => one.Key, one => one.Value with
                {
                    P50Ns = Varied(one.Value.P50Ns, ofCases[one.Key].P50, 1),
                    P95Ns = Varied(one.Value.P95Ns, ofCases[one.Key].P95, 2),
                    P99Ns = Varied(one.Value.P99Ns, ofCases[one.Key].P99, 4),
                    MeanNs = Varied(one.Value.MeanNs, ofCases[one.Key].Mean, 1),
                })),
            ],
        };

        double? Varied(double? plain, double ofRun, double times) => plain * Math.Exp(times * (state + ofRun + Normal(ofLaunch)));
    }

    // Box and Muller's method.
    private double Normal(double deviation) =>
        deviation * Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
