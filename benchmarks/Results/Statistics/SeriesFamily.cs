namespace WorkerRpc.Benchmarks.Results.Statistics;

/// <summary>Series that are tested for change points together. <see cref="Statistics.ChangePoints"/> describes the method.</summary>
public sealed class SeriesFamily
{
    // The seed is fixed, so the same series always give the same answer. The number of permutations gives p-values down to 0.0005.
    private const int Seed = 20140501;
    private const int Permutations = 1999;

    private readonly double _level;
    private readonly DividedSeries[] _all;
    private readonly int[] _order;
    private readonly Random _random = new(Seed);

    /// <summary>Finds the change points of each series of a family.</summary>
    /// <param name="family">The series, all with the same number of values. NaN is a missing value.</param>
    /// <param name="level">The probability that a family without a change gets a change point.</param>
    /// <param name="minSegment">The least number of values between two change points.</param>
    public SeriesFamily(
        IReadOnlyList<IReadOnlyList<double>> family,
        double level = Statistics.ChangePoints.DefaultLevel,
        int minSegment = Statistics.ChangePoints.DefaultMinSegment)
    {
        int leastLength = Math.Max(Statistics.ChangePoints.LeastLength(level), 2 * minSegment);
        _level = level;
        _all = [.. family.Select(series => new DividedSeries(series, minSegment, leastLength))];
        _order = [.. Enumerable.Range(0, _all.Select(series => series.Length).FirstOrDefault())];
        bool isSplit = true;
        // Each round splits the series whose best split is significant. The last round finds none.
        while (isSplit)
        {
            isSplit = false;
            foreach ((DividedSeries series, double pValue) in _all.Zip(Test()).Where(pair => pair.Second <= level))
            {
                series.Split(pValue);
                isSplit = true;
            }
        }

        ChangePoints = [.. _all.Select(series => series.ChangePoints())];
    }

    /// <summary>The change points of each series, in ascending order.</summary>
    public IReadOnlyList<IReadOnlyList<ChangePoint>> ChangePoints { get; }

    /// <summary>
    /// Estimates, for each series, the smallest rise of its newest values that would be a change point. Null if no rise would be.
    /// </summary>
    /// <param name="newest">The number of the newest values that rise.</param>
    public IReadOnlyList<double?> SmallestVisible(int newest)
    {
        double[] greatest = new double[Permutations];
        for (int index = 0; index < Permutations; index++)
        {
            greatest[index] = Permute();
        }

        Array.Sort(greatest, (one, other) => other.CompareTo(one));
        return [.. _all.Select(series => SmallestVisible(series, newest, greatest))];
    }

    // Fewer permutations than this may be as clear as a significant split.
    private int Exceptions => (int)(_level * (Permutations + 1)) - 1;

    // Some permutations restore the split with the risen values, however far they rise, or make it a fall. They count too.
    private static double Restoring((int All, int Newest) segment)
    {
        double ways = 1;
        for (int chosen = 1; chosen <= segment.Newest; chosen++)
        {
            ways = ways * (segment.All - segment.Newest + chosen) / chosen;
        }

        return Permutations * 2 / ways;
    }

    private double? SmallestVisible(DividedSeries series, int newest, double[] greatest)
    {
        (int All, int Newest) segment = series.LastSegment(newest);
        int rank = segment.All > segment.Newest ? Exceptions - (int)Math.Ceiling(Restoring(segment)) : -1;
        return rank >= 0 ? series.SmallestVisible(newest, greatest[rank]) : null;
    }

    private double Permute()
    {
        _random.Shuffle(_order);
        return _all.Length == 0 ? 0 : _all.Max(series => series.StatisticOf(_order));
    }

    // Computes the p-value of each series' best split. Stops early if even the clearest split cannot be significant any more.
    private double[] Test()
    {
        double[] limits = [.. _all.Select(series => series.Best.Statistic * (1 - DividedSeries.Rounding))];
        double[] sorted = [.. limits.Where(limit => limit > 0).Order()];
        int[] exceeded = new int[sorted.Length];
        int done = 0;
        while (sorted.Length > 0 && done < Permutations && exceeded[^1] <= Exceptions)
        {
            double greatest = Permute();
            int below = Array.FindLastIndex(sorted, limit => limit <= greatest);
            for (int i = 0; i <= below; i++)
            {
                exceeded[i]++;
            }

            done++;
        }

        return [.. limits.Select(limit => limit > 0 ? (exceeded[Array.IndexOf(sorted, limit)] + 1.0) / (done + 1) : 1)];
    }
}
