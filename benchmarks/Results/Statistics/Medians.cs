namespace WorkerRpc.Benchmarks.Results.Statistics;

/// <summary>Two medians, which differ only for an even number of values.</summary>
public static class Medians
{
    /// <summary>The usual median: the mean of the two middle values if their number is even.</summary>
    /// <param name="sorted">The values in ascending order; at least one.</param>
    public static double Middle(IReadOnlyList<double> sorted) => (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;

    /// <summary>The lower of the two middle values if their number is even. The result is always one of the values.</summary>
    /// <param name="values">The values, in any order; at least one. The method sorts the array.</param>
    public static T Lower<T>(T[] values)
    {
        Array.Sort(values);
        return values[(values.Length - 1) / 2];
    }
}
