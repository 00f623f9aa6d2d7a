using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Functions;

namespace WorkerRpc.Studies;

/// <summary>A range of some launches of one run, and the factor with which the widened range reaches the median of the other run.</summary>
/// <param name="Case">The short name of the case.</param>
/// <param name="Needed">The factor; 1 if the range contains the median.</param>
internal sealed record RangeCheck(string Case, double Needed);

/// <summary>
/// Pairs of recorded runs. In each pair and for each case of both runs, the range of every choice of launches of one run is compared with
/// the median of the other run, in both directions.
/// </summary>
internal sealed class RunPairs(IReadOnlyList<(RecordedRun One, RecordedRun Other)> pairs)
{
    private readonly Dictionary<(RecordedRun, Quantile, bool), Dictionary<string, Series>> _series = [];

    /// <summary>The number of pairs.</summary>
    public int Count => pairs.Count;

    /// <summary>The number of cases that both runs of at least one pair measured.</summary>
    public int Cases => Times(Quantile.P50, 1).Select(check => check.Case).Distinct().Count();

    /// <summary>Returns the pairs of runs of different sittings.</summary>
    public static RunPairs BetweenSittings(RunPool pool) => new(Of(pool, areApart: true));

    /// <summary>Returns the pairs of runs of one sitting.</summary>
    public static RunPairs WithinSittings(RunPool pool) => new(Of(pool, areApart: false));

    /// <summary>
    /// The smallest factor, in hundredths, with which the widened ranges of both times and overheads contain the other run's median in
    /// <see cref="Widening.Share"/> of the choices of launches.
    /// </summary>
    public double FactorOf(Quantile quantile, int launches) => Math.Ceiling(
        (Math.Max(Needed(Times(quantile, launches)), Needed(Overheads(quantile, launches))) * 100) - 1e-6) / 100;

    /// <summary>The share of the ranges of times that contain the median of the other run without widening, as whole percent.</summary>
    public int HeldPercent(Quantile quantile, int launches) => (int)Math.Round(100 * Held(Times(quantile, launches), 1));

    /// <summary>The greatest factor of several records.</summary>
    public static double FactorOf(IEnumerable<RunPairs> records, Quantile quantile, int launches) =>
        records.Max(pairs => pairs.FactorOf(quantile, launches));

    /// <summary>The least share of several records.</summary>
    public static int HeldPercent(IEnumerable<RunPairs> records, Quantile quantile, int launches) =>
        records.Min(pairs => pairs.HeldPercent(quantile, launches));

    /// <summary>Checks the ranges of the times of calls.</summary>
    public IReadOnlyList<RangeCheck> Times(Quantile quantile, int launches) => Check(quantile, launches, areOverheads: false);

    /// <summary>Checks the ranges of the overheads against "direct".</summary>
    public IReadOnlyList<RangeCheck> Overheads(Quantile quantile, int launches) => Check(quantile, launches, areOverheads: true);

    /// <summary>The share, from 0 to 1, of the ranges that contain the median after both ends are moved by a factor.</summary>
    public static double Held(IReadOnlyList<RangeCheck> checks, double factor) =>
        checks.Count(check => check.Needed <= factor) / (double)checks.Count;

    /// <summary>
    /// The share, from 0 to 1, of each method's ranges that contain the median after both ends are moved by a factor; the least first.
    /// </summary>
    public static IReadOnlyList<(string Method, double Held)> HeldByMethod(IReadOnlyList<RangeCheck> checks, double factor) =>
    [
        .. from check in checks
           group check by CaseId.Parse(check.Case).Method into method
           let held = Held([.. method], factor)
           orderby held, method.Key
           select (method.Key, held),
    ];

    private static (RecordedRun One, RecordedRun Other)[] Of(RunPool pool, bool areApart)
    {
        IReadOnlyList<int> sittings = pool.Sittings;
        return
        [
            .. from second in Enumerable.Range(0, pool.Runs.Count)
               from first in Enumerable.Range(0, second)
               where sittings[first] != sittings[second] == areApart
               select (pool.Runs[first], pool.Runs[second]),
        ];
    }

    private static double Needed(IReadOnlyList<RangeCheck> checks) =>
        checks.Select(check => check.Needed).Order().ElementAt((int)Math.Ceiling((Widening.Share * checks.Count) - 1e-9) - 1);

    private RangeCheck[] Check(Quantile quantile, int launches, bool areOverheads) =>
    [
        .. from pair in pairs
           from direction in new[] { (Own: pair.One, pair.Other), (Own: pair.Other, Other: pair.One) }
           let others = SeriesOf(direction.Other, quantile, areOverheads)
           from own in SeriesOf(direction.Own, quantile, areOverheads)
           where others.ContainsKey(own.Key)
           let median = others[own.Key].Median
           from range in own.Value.Ranges(launches)
           select new RangeCheck(own.Key, Needed(range, median)),
    ];

    private static double Needed((double Low, double High) range, double median) =>
        median < range.Low ? FactorTo(range.Low, median) : median > range.High ? FactorTo(range.High, median) : 1;

    // The factor by which an end of the range has to move outwards, as Widening.Apply moves it. Infinite if 0 lies between.
    private static double FactorTo(double end, double median) =>
        end == 0 || median == 0 || end > 0 != median > 0 ? double.PositiveInfinity : Math.Max(end / median, median / end);

    // The figures of each case of a run. Each run is in many pairs, so its figures are computed once.
    private Dictionary<string, Series> SeriesOf(RecordedRun run, Quantile quantile, bool areOverheads)
    {
        if (!_series.TryGetValue((run, quantile, areOverheads), out Dictionary<string, Series>? known))
        {
            known = areOverheads ? Overheads(SeriesOf(run, quantile, areOverheads: false)) : Times(run, quantile);
            _series[(run, quantile, areOverheads)] = known;
        }

        return known;
    }

    private static Dictionary<string, Series> Times(RecordedRun run, Quantile quantile)
    {
        IEnumerable<string> common = run.Launches
            .Select(launch => launch.Keys)
            .Aggregate<IEnumerable<string>>((all, launch) => all.Intersect(launch));
        return (
            from name in common
            let ns = run.Launches.Select(launch => Figure(launch[name], quantile)).ToArray()
            where !ns.Contains(null)
            select (name, new Series([.. ns.OfType<double>()]))).ToDictionary();
    }

    private static Dictionary<string, Series> Overheads(Dictionary<string, Series> times) => (
        from one in times
        let id = CaseId.Parse(one.Key)
        where id.Method != BaselineMethod.Id
        let direct = times.GetValueOrDefault(id.By(BaselineMethod.Id).ToString())
        where direct is not null
        select (one.Key, new Series([.. one.Value.Ns.Zip(direct.Ns, (ns, own) => ns - own)]))).ToDictionary();

    private static double? Figure(CaseFigures figures, Quantile quantile) =>
        quantile == Quantile.P50 ? figures.P50Ns : quantile == Quantile.P95 ? figures.P95Ns : figures.P99Ns;

    // One figure of a case, with one value for each launch.
    private sealed class Series
    {
        private readonly ILookup<int, (double Low, double High)> _ranges;

        public Series(double[] ns)
        {
            Ns = ns;
            Median = Medians.Middle([.. ns.Order()]);
            _ranges = (
                from set in Enumerable.Range(1, (1 << ns.Length) - 1)
                let chosen = ns.Where((_, index) => (set & (1 << index)) != 0).ToArray()
                select (chosen.Length, Range: (chosen.Min(), chosen.Max()))).ToLookup(one => one.Length, one => one.Range);
        }

        public double[] Ns { get; }

        public double Median { get; }

        // The range of each choice of a number of launches.
        public IEnumerable<(double Low, double High)> Ranges(int launches) => _ranges[launches];
    }
}
