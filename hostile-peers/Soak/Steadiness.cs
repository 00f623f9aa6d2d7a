namespace WorkerRpc.Hostile.Soak;

/// <summary>
/// Judges whether memory is flat. The first quarter of the samples is warm-up. Of the others, the median of the last third may exceed the
/// median of the first third by 10 % and a fixed number of bytes.
/// </summary>
internal static class Steadiness
{
    private const double MaxGrowth = 0.10;

    /// <summary>Returns whether the samples are flat.</summary>
    /// <param name="samples">The samples in order: at least 4.</param>
    /// <param name="besides">The growth in bytes that is allowed besides 10 %.</param>
    public static bool IsFlat(IReadOnlyList<long> samples, long besides)
    {
        long[] warm = [.. samples.Skip(samples.Count / 4)];
        int third = Math.Max(warm.Length / 3, 1);
        return Median(warm[^third..]) <= (Median(warm[..third]) * (1 + MaxGrowth)) + besides;
    }

    private static double Median(long[] values)
    {
        long[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2.0;
    }
}
