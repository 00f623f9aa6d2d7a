namespace WorkerRpc.Benchmarks.Measuring.Calling;

/// <summary>
/// Handles durations that a caller worker sorted, as that of the project's brief does. Their order is not that of the calls: taken as such,
/// every pass would seem to become slower.
/// </summary>
internal static class SortedResults
{
    // Few results may be ascending by chance.
    private const int MinResults = 10;

    /// <summary>Whether every batch that can show it is ascending, and at least one can.</summary>
    public static bool AreSorted(IEnumerable<long[]> batches)
    {
        long[][] telling = [.. batches.Where(batch => batch.Length >= MinResults && batch.Distinct().Skip(1).Any())];
        return telling.Length > 0 && telling.All(batch => batch.Zip(batch.Skip(1), (first, second) => first <= second).All(holds => holds));
    }

    /// <summary>
    /// Brings sorted durations into an order in which each part has about the same distribution: steps of the golden section around the
    /// sorted durations.
    /// </summary>
    public static IEnumerable<long> Mix(long[] sorted)
    {
        int step = Math.Max(1, (int)(sorted.Length * 0.618));
        while (GreatestCommonDivisor(step, sorted.Length) > 1)
        {
            step++;
        }

        return Enumerable.Range(0, sorted.Length).Select(index => sorted[(int)((long)index * step % sorted.Length)]);
    }

    private static int GreatestCommonDivisor(int first, int second) => second == 0 ? first : GreatestCommonDivisor(second, first % second);
}
