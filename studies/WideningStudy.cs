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

    /// <summary>The file with the recorded runs.</summary>
    public static string Path { get; } = System.IO.Path.Combine(SourceState.Root, "artifacts", "study", RunPool.FileName);

    /// <summary>Writes the shares and factors of all pairs of runs of different sittings, and the shares of the other pairs.</summary>
    /// <returns>Whether verdicts use these shares and factors.</returns>
    /// <exception cref="UnusableInputException">All runs are of one sitting.</exception>
    public static Task<bool> RunAsync(TextWriter output, TextWriter progress, CancellationToken interrupted)
    {
        RunPool pool = RunPool.Read(Path);
        var apart = RunPairs.BetweenSittings(pool);
        var together = RunPairs.WithinSittings(pool);
        if (apart.Count == 0)
        {
            throw new UnusableInputException(
                $"{Path} has {pool.Runs.Count} runs of one sitting. Expected: runs of two sittings, which are an hour or more apart.");
        }

        output.WriteLine(FormattableString.Invariant(
            $"{pool.Runs.Count} runs in {pool.Sittings[^1]} sittings: {apart.Count} pairs of different sittings, ")
            + FormattableString.Invariant($"{together.Count} of the same sitting; {apart.Cases} cases"));
        output.WriteLine("How often the range of every choice of launches of one run holds the median of the other run: of different");
        output.WriteLine("sittings, as it is and widened by the factor; and of the same sitting, as it is");
        output.WriteLine();
        output.WriteLine(MarkdownTable.Write(
            [
                ("quantile", false), ("launches", true), ("times held", true), ("overheads held", true), ("factor", true),
                ("times widened", true), ("overheads widened", true), ("same sitting: times", true), ("overheads", true),
                ("methods whose widened times are held least", false),
            ],
            [
                .. from quantile in Quantile.Limited
                   from launches in Enumerable.Range(1, Widening.MaxLaunches)
                   select Row(apart, together, quantile, launches),
            ]));
        return Task.FromResult(IsOfVerdicts(apart));
    }

    /// <summary>Whether both tables of <see cref="Widening"/> are those of the pairs.</summary>
    public static bool IsOfVerdicts(RunPairs apart) => Quantile.Limited.All(quantile => Enumerable.Range(1, Widening.MaxLaunches)
        .All(launches =>
            Math.Abs(apart.FactorOf(quantile, launches) - Widening.Factor(quantile, launches)) < 0.001
            && apart.HeldPercent(quantile, launches) == Widening.HeldPercent(quantile, launches)));

    private static string[] Row(RunPairs apart, RunPairs together, Quantile quantile, int launches)
    {
        IReadOnlyList<RangeCheck> times = apart.Times(quantile, launches);
        IReadOnlyList<RangeCheck> overheads = apart.Overheads(quantile, launches);
        double factor = apart.FactorOf(quantile, launches);
        IEnumerable<string> worst = RunPairs.HeldByMethod(times, factor).Select(one => $"{one.Method} {Format.Percent(one.Held, "0")}");
        return
        [
            quantile.Name,
            launches.ToString(CultureInfo.InvariantCulture),
            Share(times, 1),
            Share(overheads, 1),
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
