using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Functions;

namespace WorkerRpc.Studies;

/// <summary>
/// Counts how often the range of some launches of one recorded run contains the median of another run, and computes the tables of
/// <see cref="Widening"/>.
/// </summary>
internal static class WideningStudy
{
    private const int WorstMethods = 5;

    private static readonly string s_folder = Path.Combine(SourceState.Root, "artifacts", "study");

    /// <summary>
    /// The files with recorded runs: runs of one commit with the core cases, and earlier runs of two commits with the cases of all methods.
    /// The factors hold for both.
    /// </summary>
    public static IReadOnlyList<string> Paths { get; } =
        [Path.Combine(s_folder, RunPool.FileName), Path.Combine(s_folder, "baselines.jsonl.gz")];

    /// <summary>Writes the shares and factors of all pairs of runs of different sittings, and the shares of the other pairs.</summary>
    /// <returns>Whether verdicts use these shares and factors.</returns>
    /// <exception cref="UnusableInputException">All runs of a file are of one sitting.</exception>
    public static Task<bool> RunAsync(TextWriter output, TextWriter progress, CancellationToken interrupted)
    {
        output.WriteLine("How often the range of every choice of launches of one run holds the median of the other run: of different");
        output.WriteLine("sittings, as it is and widened by the verdicts' factor; and of the same sitting, as it is");
        var records = new List<RunPairs>();
        foreach (string path in Paths)
        {
            RunPool pool = RunPool.Read(path);
            records.Add(Apart(path, pool));
            Write(path, pool, records[^1], output);
        }

        return Task.FromResult(IsOfVerdicts(records));
    }

    /// <summary>Reads the pairs of runs of different sittings, for each file.</summary>
    /// <exception cref="UnusableInputException">All runs of a file are of one sitting.</exception>
    public static IReadOnlyList<RunPairs> Records() => [.. Paths.Select(path => Apart(path, RunPool.Read(path)))];

    /// <summary>
    /// Whether both tables of <see cref="Widening"/> are those of the records: the greatest factor, and the least share.
    /// </summary>
    public static bool IsOfVerdicts(IReadOnlyList<RunPairs> records) => Quantile.Limited.All(quantile =>
        Enumerable.Range(1, Widening.MaxLaunches).All(launches =>
            Math.Abs(RunPairs.FactorOf(records, quantile, launches) - Widening.Factor(quantile, launches)) < 0.001
            && RunPairs.HeldPercent(records, quantile, launches) == Widening.HeldPercent(quantile, launches)));

    private static RunPairs Apart(string path, RunPool pool)
    {
        var apart = RunPairs.BetweenSittings(pool);
        return apart.Count > 0
            ? apart
            : throw new UnusableInputException(
                $"{path} has {pool.Runs.Count} runs of one sitting. Expected: runs of two sittings, which are an hour or more apart.");
    }

    private static void Write(string path, RunPool pool, RunPairs apart, TextWriter output)
    {
        var together = RunPairs.WithinSittings(pool);
        int commits = pool.Runs.Select(run => run.Commit).Distinct().Count();
        output.WriteLine();
        output.WriteLine(FormattableString.Invariant(
            $"{Path.GetFileName(path)}: {pool.Runs.Count} runs in {pool.Sittings[^1]} sittings, commits: {commits}; ")
            + FormattableString.Invariant(
                $"{apart.Count} pairs of different sittings, {together.Count} of the same sitting; {apart.Cases} cases"));
        output.WriteLine();
        output.WriteLine(MarkdownTable.Write(
            [
                ("quantile", false), ("launches", true), ("times held", true), ("overheads held", true), ("factor for 95 %", true),
                ("verdicts' factor", true), ("times widened", true), ("overheads widened", true), ("same sitting: times", true),
                ("overheads", true), ("methods whose widened times are held least", false),
            ],
            [
                .. from quantile in Quantile.Limited
                   from launches in Enumerable.Range(1, Widening.MaxLaunches)
                   select Row(apart, together, quantile, launches),
            ]));
    }

    private static string[] Row(RunPairs apart, RunPairs together, Quantile quantile, int launches)
    {
        IReadOnlyList<RangeCheck> times = apart.Times(quantile, launches);
        IReadOnlyList<RangeCheck> overheads = apart.Overheads(quantile, launches);
        double factor = Widening.Factor(quantile, launches);
        IEnumerable<string> worst = RunPairs.HeldByMethod(times, factor).Select(one => $"{one.Method} {Format.Percent(one.Held, "0")}");
        return
        [
            quantile.Name,
            launches.ToString(CultureInfo.InvariantCulture),
            Share(times, 1),
            Share(overheads, 1),
            string.Create(CultureInfo.InvariantCulture, $"{apart.FactorOf(quantile, launches):0.00}"),
            string.Create(CultureInfo.InvariantCulture, $"{factor:0.00}"),
            Share(times, factor),
            Share(overheads, factor),
            Share(together.Times(quantile, launches), 1),
            Share(together.Overheads(quantile, launches), 1),
            string.Join(", ", worst.Take(WorstMethods)),
        ];
    }

    private static string Share(IReadOnlyList<RangeCheck> checks, double factor) =>
        checks.Count == 0 ? "–" : Format.Percent(RunPairs.Held(checks, factor), "0.0");
}
