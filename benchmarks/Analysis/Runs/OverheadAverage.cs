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

    /// <summary>The mean of the cases' overheads at a quantile, in ns. Null if the overhead of a case is unknown.</summary>
    public double? MeanNs(Quantile quantile)
    {
        double[] known = [.. Rows.Select(row => row.Overhead.Difference[quantile].Value).OfType<double>()];
        return known.Length == Rows.Count ? known.Average() : null;
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
