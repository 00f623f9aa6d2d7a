using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// How much the figures of runs of identical code differ, from recorded runs. The state of a machine changes from hour to hour, and no
/// launch of a single run shows it. Changes are logarithms of ratios.
/// </summary>
internal sealed class BetweenRuns
{
    /// <summary>The least number of runs, in at least two sittings, with which the spread is known.</summary>
    public const int LeastRuns = 6;

    private static readonly Lazy<BetweenRuns> s_recorded = new(ReadRecorded);

    private readonly IReadOnlyList<Run> _runs;
    private readonly Dictionary<(string Case, string Metric), double?> _spreads = [];
    private readonly Dictionary<string, double> _pooled = [];

    private BetweenRuns(RunPoolHeader header, IReadOnlyList<Run> runs)
    {
        (Header, _runs) = (header, runs);
        Cases = [.. runs.SelectMany(run => run.Cases.Keys).Distinct()];
        foreach (Metric metric in ComparedMetrics.All)
        {
            foreach (string name in Cases)
            {
                _spreads[(name, metric.Name)] = RootMeanSquare(Changes(metric, name, betweenSittings: Sittings > 1));
            }

            double[] known = [.. Cases.Select(name => _spreads[(name, metric.Name)]).OfType<double>()];
            _pooled[metric.Name] = known.Length > 0 ? Math.Sqrt(known.Average(spread => spread * spread)) : 0;
        }
    }

    /// <summary>The spread of the runs in the repository's <c>artifacts/study/runs.jsonl.gz</c>, which this assembly contains.</summary>
    public static BetweenRuns Recorded => s_recorded.Value;

    /// <summary>The machine and the settings of the recorded runs.</summary>
    public RunPoolHeader Header { get; }

    /// <summary>The short names of the recorded cases.</summary>
    public IReadOnlyList<string> Cases { get; }

    /// <summary>The number of recorded runs.</summary>
    public int Runs => _runs.Count;

    /// <summary>The number of sittings in which the runs were recorded.</summary>
    public int Sittings => _runs.Select(run => run.Sitting).Distinct().Count();

    /// <summary>Whether there are enough runs for a spread. If not, only <see cref="GreatestOf"/> is known.</summary>
    public bool IsKnown => Runs >= LeastRuns && Sittings > 1;

    /// <summary>Computes the spread of recorded runs.</summary>
    public static BetweenRuns Of(RunPool pool)
    {
        IReadOnlyList<int> sittings = pool.Sittings;
        return new BetweenRuns(pool.Header, [.. pool.Runs.Select((run, index) => new Run(sittings[index], Summarize(run)))]);
    }

    /// <summary>Converts a report to a recorded run.</summary>
    public static RecordedRun Record(RunReport report)
    {
        CaseSummary[] cases = [.. CaseSummary.All(report).Where(one => !one.Id.IsReference && !one.Failed && one.Warmth.IsWarm)];
        return new RecordedRun
        {
            StartedAt = report.Run.StartedAt,
            Seconds = report.Launches.Sum(launch => launch.Seconds),
            Commit = report.Run.Commit,
            Launches =
            [
                .. report.Launches.Select(launch => cases.ToDictionary(
                    one => one.Id.ToString(), one => FiguresOf(one, one.Passes.Single(pass => pass.Launch == launch.Number)))),
            ],
        };
    }

    /// <summary>Returns the figures of each case of a recorded run: medians of the launches, with their ranges.</summary>
    public static IReadOnlyDictionary<string, ComparedCase> Summarize(RecordedRun run) => run.Launches
        .SelectMany(launch => launch)
        .GroupBy(each => each.Key, each => each.Value)
        .ToDictionary(
            group => group.Key,
            group => new ComparedCase(ComparedMetrics.All.ToDictionary(metric => metric.Name, metric => Ranged(metric, [.. group]))));

    /// <summary>
    /// Returns the standard deviation of a run's figure over the recorded runs. It is at least the root mean square over all cases, so that
    /// a case whose few runs agree by chance is not taken for a quiet one. Null if the case was not recorded, or if there are too few runs.
    /// </summary>
    public double? SpreadOf(string caseName, Metric metric) =>
        IsKnown && _spreads.GetValueOrDefault((caseName, metric.Name)) is { } own ? Math.Max(own, _pooled[metric.Name]) : null;

    /// <summary>
    /// Returns the standard deviation of the mean of all cases' p50s, as logarithms. Null if a case was not recorded, or if there are too
    /// few runs.
    /// </summary>
    public double? SpreadOfAll(IReadOnlyCollection<string> cases) =>
        IsKnown && cases.All(name => _spreads.GetValueOrDefault((name, Metric.P50.Name)) is not null)
            ? RootMeanSquare(
                Pairs(betweenSittings: true).Select(pair => (double?)cases.Average(name => pair.Change(name, Metric.P50) ?? 0)))
            : null;

    /// <summary>Returns the greatest change of a figure between two recorded runs, over all cases.</summary>
    public double GreatestOf(Metric metric) =>
        Cases.SelectMany(name => Changes(metric, name, betweenSittings: false)).OfType<double>().Select(Math.Abs).DefaultIfEmpty().Max();

    /// <summary>
    /// Returns how much the launches of a recorded run differed at most: the greatest width of the range of a figure. If the case was not
    /// recorded, it is the greatest width over all cases.
    /// </summary>
    public double WidestOf(string caseName, Metric metric) =>
        _runs.SelectMany(run => run.Cases.TryGetValue(caseName, out ComparedCase? one) ? [one] : run.Cases.Values)
            .Select(one => one[metric].Width).DefaultIfEmpty().Max();

    /// <summary>
    /// Returns the root mean square difference of two runs ÷ √2, for the study's table. Null if no two runs have the figure.
    /// </summary>
    /// <param name="caseName">The short name of the case.</param>
    /// <param name="metric">The figure.</param>
    /// <param name="betweenSittings">Whether to take runs of different sittings, or runs of the same sitting.</param>
    public double? SpreadOf(string caseName, Metric metric, bool betweenSittings) => RootMeanSquare(
        AllPairs().Where(pair => (pair.Before.Sitting != pair.After.Sitting) == betweenSittings)
            .Select(pair => pair.Change(caseName, metric)));

    /// <summary>Returns each pair of runs with the spread of all other runs. A pair is then judged without its own difference.</summary>
    public IEnumerable<LeftOutPair> LeavingPairsOut() => AllPairs().Select(pair => new LeftOutPair(
        pair.Before.Cases,
        pair.After.Cases,
        new BetweenRuns(Header, [.. _runs.Where(run => run != pair.Before && run != pair.After)])));

    private static BetweenRuns ReadRecorded()
    {
        using Stream stream = typeof(BetweenRuns).Assembly.GetManifestResourceStream(RunPool.FileName)
            ?? throw new InvalidOperationException($"The assembly lacks {RunPool.FileName}.");
        return Of(RunPool.Read(stream, RunPool.FileName));
    }

    private static CaseFigures FiguresOf(CaseSummary one, PassReport pass)
    {
        return new CaseFigures
        {
            Calls = pass.Calls,
            P50Ns = At(Quantile.P50),
            P95Ns = At(Quantile.P95),
            P99Ns = At(Quantile.P99),
            MeanNs = pass.MeanNs,
            AllocatedBytes = pass.Process?.AllocatedBytes,
            SlowShare = null,
        };

        // The same estimate as in the tables. It is by nearest rank, so a coarse clock adds its steps to the spread.
        double? At(Quantile quantile) =>
            one.Latency[quantile].Value is null ? null : one.QuantilesByLaunch([quantile.Share])[pass.Launch][0];
    }

    private static Ranged Ranged(Metric metric, IReadOnlyList<CaseFigures> launches)
    {
        double[] sorted = [.. launches.Select(metric.Figure).OfType<double>().Order()];
        return sorted.Length == launches.Count ? new Ranged(Medians.Middle(sorted), sorted[0], sorted[^1]) : default;
    }

    private static double? RootMeanSquare(IEnumerable<double?> changes)
    {
        double[] known = [.. changes.OfType<double>()];
        return known.Length > 0 ? Math.Sqrt(known.Average(change => change * change) / 2) : null;
    }

    private IEnumerable<double?> Changes(Metric metric, string caseName, bool betweenSittings) =>
        Pairs(betweenSittings).Select(pair => pair.Change(caseName, metric));

    private IEnumerable<RunPair> Pairs(bool betweenSittings) =>
        AllPairs().Where(pair => !betweenSittings || pair.Before.Sitting != pair.After.Sitting);

    private IEnumerable<RunPair> AllPairs() =>
        from second in Enumerable.Range(0, _runs.Count)
        from first in Enumerable.Range(0, second)
        select new RunPair(_runs[first], _runs[second]);

    /// <summary>A recorded run: the number of its sitting, and its cases.</summary>
    private sealed record Run(int Sitting, IReadOnlyDictionary<string, ComparedCase> Cases);

    private readonly record struct RunPair(Run Before, Run After)
    {
        public double? Change(string caseName, Metric metric) =>
            Before.Cases.TryGetValue(caseName, out ComparedCase? before) && After.Cases.TryGetValue(caseName, out ComparedCase? after)
                ? metric.Change(before[metric].Value, after[metric].Value)
                : null;
    }
}

/// <summary>Two recorded runs, and the spread of all other runs.</summary>
/// <param name="Before">The cases of the earlier run.</param>
/// <param name="After">The cases of the later run.</param>
/// <param name="Others">The spread of the other runs.</param>
internal sealed record LeftOutPair(
    IReadOnlyDictionary<string, ComparedCase> Before, IReadOnlyDictionary<string, ComparedCase> After, BetweenRuns Others);
