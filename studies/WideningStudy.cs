using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Functions;

namespace WorkerRpc.Studies;

/// <summary>
/// Counts how often the range of some launches of one recorded run contains the median of another run, and computes the factors of
/// <see cref="Widening"/>.
/// </summary>
internal static class WideningStudy
{
    private const int WorstMethods = 5;

    /// <summary>The file with the recorded runs.</summary>
    public static string Path { get; } = System.IO.Path.Combine(SourceState.Root, "artifacts", "study", RunPool.FileName);

    /// <summary>Writes the factors and the shares of each two runs of different sittings.</summary>
    /// <returns>Whether the first two runs give the factors that verdicts use.</returns>
    public static Task<bool> RunAsync(TextWriter output, TextWriter progress, CancellationToken interrupted)
    {
        RunPool pool = RunPool.Read(Path);
        IReadOnlyList<int> sittings = pool.Sittings;
        bool isOfTable = true;
        foreach ((int first, int second) in
            from second in Enumerable.Range(0, pool.Runs.Count)
            from first in Enumerable.Range(0, second)
            where sittings[first] != sittings[second]
            select (first, second))
        {
            var runs = new RunPair(pool.Runs[first], pool.Runs[second]);
            isOfTable &= (first, second) != (0, 1) || Quantile.Limited.All(quantile => Enumerable.Range(1, Widening.MaxLaunches)
                .All(launches => Near(runs.FactorOf(quantile, launches), Widening.Factor(quantile, launches))));
            Write(runs, output);
        }

        return Task.FromResult(isOfTable);
    }

    private static bool Near(double one, double other) => Math.Abs(one - other) < 0.001;

    private static void Write(RunPair runs, TextWriter output)
    {
        output.WriteLine(FormattableString.Invariant(
            $"Runs of {runs.First.StartedAt:u} and {runs.Second.StartedAt:u}, {runs.Cases} cases: how often the range of every choice"));
        output.WriteLine("of launches of one run holds the median of the other run, as it is and widened by the factor");
        output.WriteLine();
        output.WriteLine(MarkdownTable.Write(
            [
                ("quantile", false), ("launches", true), ("times held", true), ("overheads held", true), ("factor", true),
                ("times widened", true), ("overheads widened", true), ("methods whose times are held least", false),
            ],
            [
                .. from quantile in Quantile.Limited
                   from launches in Enumerable.Range(1, Widening.MaxLaunches)
                   select Row(runs, quantile, launches),
            ]));
    }

    private static string[] Row(RunPair runs, Quantile quantile, int launches)
    {
        IReadOnlyList<RangeCheck> times = runs.Times(quantile, launches);
        IReadOnlyList<RangeCheck> overheads = runs.Overheads(quantile, launches);
        double factor = runs.FactorOf(quantile, launches);
        IEnumerable<string> worst =
            from check in times
            group check by CaseId.Parse(check.Case).Method into method
            let held = RunPair.Held([.. method], factor)
            orderby held, method.Key
            select $"{method.Key} {Format.Percent(held, "0")}";
        return
        [
            quantile.Name,
            launches.ToString(CultureInfo.InvariantCulture),
            Format.Percent(RunPair.Held(times, 1), "0.0"),
            Format.Percent(RunPair.Held(overheads, 1), "0.0"),
            string.Create(CultureInfo.InvariantCulture, $"{factor:0.00}"),
            Format.Percent(RunPair.Held(times, factor), "0.0"),
            Format.Percent(RunPair.Held(overheads, factor), "0.0"),
            string.Join(", ", worst.Take(WorstMethods)),
        ];
    }
}

/// <summary>A range of some launches of one run, and the factor with which the widened range reaches the median of the other run.</summary>
/// <param name="Case">The short name of the case.</param>
/// <param name="Needed">The factor; 1 if the range contains the median.</param>
internal sealed record RangeCheck(string Case, double Needed);

/// <summary>Two recorded runs that have cases in common.</summary>
internal sealed class RunPair(RecordedRun first, RecordedRun second)
{
    public RecordedRun First => first;

    public RecordedRun Second => second;

    /// <summary>The number of cases that every launch of both runs measured.</summary>
    public int Cases => Common().Count;

    /// <summary>
    /// The smallest factor, in hundredths, with which the widened ranges of both times and overheads contain the other run's median in
    /// <see cref="Widening.Share"/> of the choices of launches.
    /// </summary>
    public double FactorOf(Quantile quantile, int launches) => Math.Ceiling(
        (Math.Max(Needed(Times(quantile, launches)), Needed(Overheads(quantile, launches))) * 100) - 1e-6) / 100;

    /// <summary>Checks the ranges of the times of calls.</summary>
    public IReadOnlyList<RangeCheck> Times(Quantile quantile, int launches) =>
        Check(Common(), launches, (run, name) => Figures(run, name, quantile));

    /// <summary>Checks the ranges of the overheads against "direct".</summary>
    public IReadOnlyList<RangeCheck> Overheads(Quantile quantile, int launches) => Check(
        [.. Common().Where(name => CaseId.Parse(name) is var id && id.Method != BaselineMethod.Id && Common().Contains(Direct(id)))],
        launches,
        (run, name) => Figures(run, name, quantile) is { } ns && Figures(run, Direct(CaseId.Parse(name)), quantile) is { } direct
            ? [.. ns.Zip(direct, (all, own) => all - own)]
            : null);

    /// <summary>The share, from 0 to 1, of the ranges that contain the median after both ends are moved by a factor.</summary>
    public static double Held(IReadOnlyList<RangeCheck> checks, double factor) =>
        checks.Count(check => check.Needed <= factor) / (double)checks.Count;

    private static double Needed(IReadOnlyList<RangeCheck> checks) =>
        checks.Select(check => check.Needed).Order().ElementAt((int)Math.Ceiling((Widening.Share * checks.Count) - 1e-9) - 1);

    private static string Direct(CaseId id) => id.By(BaselineMethod.Id).ToString();

    private static double[]? Figures(RecordedRun run, string name, Quantile quantile)
    {
        double?[] ns = [.. run.Launches.Select(launch => launch[name]).Select(figures =>
            quantile == Quantile.P50 ? figures.P50Ns : quantile == Quantile.P95 ? figures.P95Ns : figures.P99Ns)];
        return ns.Contains(null) ? null : [.. ns.OfType<double>()];
    }

    // The factor by which an end of the range has to move outwards, as Widening.Apply moves it. Infinite if 0 lies between.
    private static double FactorTo(double end, double median) =>
        end == 0 || median == 0 || end > 0 != median > 0 ? double.PositiveInfinity : Math.Max(end / median, median / end);

    private HashSet<string> Common() =>
    [
        .. first.Launches.Concat(second.Launches)
            .Select(launch => launch.Keys)
            .Aggregate<IEnumerable<string>>((common, launch) => common.Intersect(launch)),
    ];

    private RangeCheck[] Check(IReadOnlyCollection<string> cases, int launches, Func<RecordedRun, string, double[]?> figures) =>
    [
        .. from name in cases
           from pair in new[] { (Run: first, Other: second), (Run: second, Other: first) }
           let own = figures(pair.Run, name)
           let others = figures(pair.Other, name)
           where own is not null && others is not null
           let median = Medians.Middle([.. others.Order()])
           from chosen in Choices(own, launches)
           let low = chosen.Min()
           let high = chosen.Max()
           select new RangeCheck(name, median < low ? FactorTo(low, median) : median > high ? FactorTo(high, median) : 1),
    ];

    private static IEnumerable<double[]> Choices(double[] all, int count) =>
        from set in Enumerable.Range(0, 1 << all.Length)
        where int.PopCount(set) == count
        select all.Where((_, index) => (set & (1 << index)) != 0).ToArray();
}
