using WorkerRpc.Benchmarks.Analysis.Figures;

namespace WorkerRpc.Benchmarks.Analysis.Runs;

/// <summary>
/// The average of a method's overheads over some of its cases. The project's brief asks for it. An average of quantiles is no
/// quantile of anything, so the worst case stands beside it.
/// </summary>
/// <param name="Method">The method.</param>
/// <param name="Over">The cases: "all cases", a function, or a payload's label.</param>
/// <param name="Rows">The cases.</param>
internal sealed record OverheadAverage(string Method, string Over, IReadOnlyList<OverheadRow> Rows)
{
    /// <summary>The case with the greatest known p50 overhead; null where none is known.</summary>
    public OverheadRow? Worst => Rows.Where(row => row.Overhead.P50.Value is not null).MaxBy(row => row.Overhead.P50.Value);

    /// <summary>The mean overhead, in ns; null unless every case's overhead is known.</summary>
    public double? MeanNs(Quantile quantile)
    {
        double[] known = [.. Rows.Select(row => row.Overhead.Difference[quantile].Value).OfType<double>()];
        return known.Length == Rows.Count ? known.Average() : null;
    }

    /// <summary>Each method's averages: over all its cases, over each function, over each payload.</summary>
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
