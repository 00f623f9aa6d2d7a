namespace WorkerRpc.Benchmarks.Results.Statistics;

/// <summary>Computes two kinds of median. They differ only if the number of values is even.</summary>
public static class Medians
{
    /// <summary>Computes the usual median: for an even number of values, the mean of the two middle values.</summary>
    /// <param name="sorted">The values in ascending order; at least one.</param>
    public static double Middle(IReadOnlyList<double> sorted) => (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;

    /// <summary>
    /// Computes the lower median: for an even number of values, the lower of the two middle values. The result is always one of the values.
    /// </summary>
    /// <param name="values">The values, in any order; at least one. The method sorts this array.</param>
    public static T Lower<T>(T[] values)
    {
        Array.Sort(values);
        return values[(values.Length - 1) / 2];
    }
}
