using WorkerRpc.Benchmarks.Analysis.Figures;

namespace WorkerRpc.Benchmarks.Analysis.Runs;

/// <summary>
/// The average of a method's overheads over several of its cases, which the project's brief asks for. An average of quantiles is not itself
/// a quantile, so reports also show the worst case beside the average.
/// </summary>
/// <param name="Method">The method's id.</param>
/// <param name="Over">A name for the averaged cases: "all cases", a function, or a payload's label.</param>
/// <param name="Rows">The averaged cases.</param>
internal sealed record OverheadAverage(string Method, string Over, IReadOnlyList<OverheadRow> Rows)
{
    /// <summary>The case whose p50 has the greatest known overhead. Null if no overhead is known.</summary>
    public OverheadRow? Worst => Rows.Where(row => row.Overhead.P50.Value is not null).MaxBy(row => row.Overhead.P50.Value);

    /// <summary>
    /// The mean of the cases' overheads at a quantile, in ns, computed within each launch that measured all the cases. Unknown if the
    /// overhead of a case is unknown.
    /// </summary>
    public Figure Mean(Quantile quantile)
    {
        if (Rows.Any(row => row.Overhead.Difference[quantile].Value is null))
        {
            return Figure.Unknown("not known");
        }

        IReadOnlyDictionary<int, double>[] cases = [.. Rows.Select(row => row.Case.DifferenceByLaunch(quantile))];
        double[] means =
        [
            .. from launch in cases[0].Keys
               where cases.All(one => one.ContainsKey(launch))
               select cases.Average(one => one[launch]),
        ];
        return means.Length == 0 ? Figure.Unknown("not known") : Figure.Of(means);
    }

    /// <summary>
    /// Computes the averages of each method: over all its cases, over the cases of each function, and over the cases of each payload.
    /// </summary>
    public static IReadOnlyList<OverheadAverage> All(IEnumerable<OverheadRow> rows) =>
    [
        .. from method in rows.GroupBy(row => row.Case.Id.Method)
           let byFunction = method.GroupBy(row => row.Case.Id.Function)
           let byPayload = method.GroupBy(row => row.Case.Id.Payload)
           from average in byFunction.Concat(byPayload)
               .Select(cases => new OverheadAverage(method.Key, cases.Key, [.. cases]))
               .Prepend(new OverheadAverage(method.Key, "all cases", [.. method]))
           select average,
    ];
}
