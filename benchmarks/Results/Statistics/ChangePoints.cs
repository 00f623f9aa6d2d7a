namespace WorkerRpc.Benchmarks.Results.Statistics;

/// <summary>A position at which the level of a series changes.</summary>
/// <param name="Index">The index of the first value at the new level.</param>
/// <param name="Before">The mean of the values from the previous change point to this one.</param>
/// <param name="After">The mean of the values from this change point to the next one.</param>
/// <param name="PValue">The probability of so clear a change in any series of the family, if no series changes here.</param>
public sealed record ChangePoint(int Index, double Before, double After, double PValue);

/// <summary>
/// Finds change points with E-divisive: D. S. Matteson and N. A. James, "A Nonparametric Approach for Multiple Change Point Analysis of
/// Multivariate Data", JASA 109 (2014). The method splits a series where the energy distance between both sides is greatest. A permutation
/// test decides whether the split is significant. Both parts are then split further.
/// </summary>
/// <remarks>
/// Three things differ from the paper. First, the statistic is −(n − 2) · ln(1 − r) for n values, where r is the share of all distances
/// that the split explains (M. L. Rizzo and G. J. Székely, "DISCO Analysis", Annals of Applied Statistics 4, 2010). It makes segments of
/// different length and noise comparable. Second, r is the share of the variance that a straight line over time explains, if that is
/// greater, because a slow drift has no clear step. Third, several series are tested together: a permutation moves the values of all
/// series alike, and its greatest statistic over all series counts (P. H. Westfall and S. S. Young, "Resampling-Based Multiple Testing",
/// 1993). So the error rate holds for all series together, also if their noise is correlated. The test assumes no distribution, but that
/// the noise of one value says nothing about the next.
/// </remarks>
public static class ChangePoints
{
    /// <summary>The default level of significance: the probability that a family of series without a change gets a change point.</summary>
    public const double DefaultLevel = 0.01;

    /// <summary>The default for the least number of values between two change points. One value alone can be an outlier.</summary>
    public const int DefaultMinSegment = 2;

    /// <summary>
    /// Returns the least number of values in which a change can be significant. With fewer values, so many permutations are as clear as the
    /// clearest change that its p-value exceeds the level.
    /// </summary>
    /// <param name="level">The level of significance.</param>
    public static int LeastLength(double level = DefaultLevel)
    {
        int length = 2;
        // The number of ways to choose half of the values. Two of them separate the values: a rise and a fall.
        double ways = 2;
        while (2 / ways > level)
        {
            length++;
            ways = ways * length / ((length + 1) / 2);
        }

        return length;
    }

    /// <summary>Finds the change points of one series, in ascending order.</summary>
    /// <param name="series">The values in the order of time.</param>
    /// <param name="level">The probability that a series without a change gets a change point.</param>
    /// <param name="minSegment">The least number of values between two change points.</param>
    public static IReadOnlyList<ChangePoint> Find(
        ReadOnlySpan<double> series, double level = DefaultLevel, int minSegment = DefaultMinSegment) =>
        FindInAll([series.ToArray()], level, minSegment)[0];

    /// <summary>
    /// Finds the change points of each series of a family, in ascending order. The level of significance holds for all series together.
    /// </summary>
    /// <param name="family">The series, all with the same number of values. NaN is a missing value.</param>
    /// <param name="level">The probability that a family without a change gets a change point.</param>
    /// <param name="minSegment">The least number of values between two change points.</param>
    public static IReadOnlyList<IReadOnlyList<ChangePoint>> FindInAll(
        IReadOnlyList<IReadOnlyList<double>> family, double level = DefaultLevel, int minSegment = DefaultMinSegment) =>
        new SeriesFamily(family, level, minSegment).ChangePoints;
}
