namespace WorkerRpc.Benchmarks.Results.Statistics;

/// <summary>The two medians that the program uses.</summary>
public static class Medians
{
    /// <summary>The mean of the two middle values of an even number of values.</summary>
    /// <param name="sorted">Ascending; at least one.</param>
    public static double Middle(IReadOnlyList<double> sorted) => (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;

    /// <summary>The lower of the two middle values of an even number of values: always one of the values.</summary>
    /// <param name="values">At least one; the method sorts them.</param>
    public static T Lower<T>(T[] values)
    {
        Array.Sort(values);
        return values[(values.Length - 1) / 2];
    }
}
