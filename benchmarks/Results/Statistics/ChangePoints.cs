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

    // The seed is fixed, so the same series always give the same answer. The number of permutations gives p-values down to 0.0005.
    private const int Seed = 20140501;
    private const int Permutations = 1999;

    // Two statistics that differ less than this share are equal: their difference is rounding.
    private const double Rounding = 1e-9;

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
        IReadOnlyList<IReadOnlyList<double>> family, double level = DefaultLevel, int minSegment = DefaultMinSegment)
    {
        int leastLength = Math.Max(LeastLength(level), 2 * minSegment);
        Divided[] all = [.. family.Select(series => new Divided(series, minSegment, leastLength))];
        int[] order = [.. Enumerable.Range(0, all.Select(series => series.Length).FirstOrDefault())];
        var random = new Random(Seed);
        bool isSplit = true;
        // Each round splits the series whose best split is significant. The last round finds none.
        while (isSplit)
        {
            isSplit = false;
            double[] pValues = Test(all, order, level, random);
            foreach ((Divided series, double pValue) in all.Zip(pValues).Where(pair => pair.Second <= level))
            {
                series.Split(pValue);
                isSplit = true;
            }
        }

        return [.. all.Select(series => series.ChangePoints())];
    }

    // Computes the p-value of each series' best split. Stops early if even the clearest split cannot be significant any more.
    private static double[] Test(Divided[] all, int[] order, double level, Random random)
    {
        double[] limits = [.. all.Select(series => series.Best.Statistic * (1 - Rounding))];
        double[] sorted = [.. limits.Where(limit => limit > 0).Order()];
        int[] exceeded = new int[sorted.Length];
        int done = 0;
        while (sorted.Length > 0 && done < Permutations && exceeded[^1] + 1 <= level * (Permutations + 1))
        {
            random.Shuffle(order);
            double greatest = all.Max(series => series.StatisticOf(order));
            int below = Array.FindLastIndex(sorted, limit => limit <= greatest);
            for (int i = 0; i <= below; i++)
            {
                exceeded[i]++;
            }

            done++;
        }

        return [.. limits.Select(limit => limit > 0 ? (exceeded[Array.IndexOf(sorted, limit)] + 1.0) / (done + 1) : 1)];
    }

    /// <summary>A position that splits a segment, and how clearly both sides differ.</summary>
    private readonly record struct Candidate(int Index, double Statistic);

    /// <summary>A series, divided into segments at the change points found so far.</summary>
    private sealed class Divided
    {
        private readonly IReadOnlyList<double> _all;
        private readonly int _minSegment;
        private readonly int _leastLength;
        // The positions of the values that are known, and the values.
        private readonly int[] _positions;
        private readonly double[] _values;
        // Buffers for a permuted series.
        private readonly double[] _permuted;
        private readonly int[] _filled;
        private readonly double[] _left;
        private readonly double[] _right;
        // 1 divided by each count, because a multiplication is faster than a division.
        private readonly double[] _inverse;
        // The change points, as indexes into the known values, with their p-values.
        private readonly SortedDictionary<int, double> _found = [];
        // The segment of each position, or -1 for a missing value, and the first index of each segment.
        private readonly int[] _segmentOf;
        private int[] _starts = [];

        public Divided(IReadOnlyList<double> all, int minSegment, int leastLength)
        {
            (_all, _minSegment, _leastLength) = (all, minSegment, leastLength);
            _positions = [.. Enumerable.Range(0, all.Count).Where(index => !double.IsNaN(all[index]))];
            _values = [.. _positions.Select(index => all[index])];
            (_permuted, _filled, _segmentOf) = (new double[_values.Length], new int[_values.Length + 1], new int[all.Count]);
            (_left, _right) = (new double[_values.Length + 1], new double[_values.Length + 1]);
            _inverse = [.. Enumerable.Range(0, _values.Length + 1).Select(count => count > 0 ? 1.0 / count : 0)];
            Divide();
        }

        public int Length => _all.Count;

        /// <summary>The best split of any segment. The statistic is 0 if no segment can be split.</summary>
        public Candidate Best { get; private set; }

        public void Split(double pValue)
        {
            _found.Add(Best.Index, pValue);
            Divide();
        }

        /// <summary>Computes the statistic of the best split after the values inside each segment are permuted.</summary>
        /// <param name="order">All positions of the series in a random order.</param>
        public double StatisticOf(int[] order)
        {
            Array.Copy(_starts, _filled, _starts.Length);
            foreach (int position in order)
            {
                if (_segmentOf[position] is >= 0 and var segment)
                {
                    _permuted[_filled[segment]++] = _all[position];
                }
            }

            return BestOf(_permuted).Statistic;
        }

        public IReadOnlyList<ChangePoint> ChangePoints()
        {
            int[] ends = [.. _starts.Skip(1), _values.Length];
            double[] means = [.. _starts.Zip(ends, (start, end) => end > start ? _values[start..end].Average() : double.NaN)];
            return
            [
                .. _found.Select((found, index) =>
                    new ChangePoint(_positions[found.Key], means[index], means[index + 1], found.Value)),
            ];
        }

        private void Divide()
        {
            _starts = [0, .. _found.Keys];
            Array.Fill(_segmentOf, -1);
            int segment = 0;
            for (int index = 0; index < _positions.Length; index++)
            {
                segment += segment + 1 < _starts.Length && _starts[segment + 1] == index ? 1 : 0;
                _segmentOf[_positions[index]] = segment;
            }

            Best = BestOf(_values);
        }

        private Candidate BestOf(double[] values)
        {
            var best = new Candidate(0, 0);
            for (int segment = 0; segment < _starts.Length; segment++)
            {
                int start = _starts[segment];
                int end = segment + 1 < _starts.Length ? _starts[segment + 1] : values.Length;
                Candidate found = BestOf(values.AsSpan(start, end - start));
                best = found.Statistic > best.Statistic ? found with { Index = start + found.Index } : best;
            }

            return best;
        }

        // Compares the values before each index with the values from the index to each later end, because a later change may follow.
        // The sums of distances are updated from one index to the next, so the time is proportional to the square of the length.
        private Candidate BestOf(ReadOnlySpan<double> values)
        {
            int length = values.Length;
            if (length < _leastLength)
            {
                return default;
            }

            // left[end]: the sum of the distances between all values before the end.
            Span<double> left = _left.AsSpan(0, length + 1);
            left[0] = 0;
            for (int end = 1; end <= length; end++)
            {
                double last = values[end - 1];
                double sum = left[end - 1];
                foreach (double value in values[..(end - 1)])
                {
                    sum += Math.Abs(value - last);
                }

                left[end] = sum;
            }

            if (left[length] == 0)
            {
                return default;
            }

            // right[end]: the sum of the distances between all values from the index to the end.
            Span<double> right = _right.AsSpan(0, length + 1);
            ReadOnlySpan<double> inverse = _inverse.AsSpan(0, length + 1);
            right.Clear();
            double greatest = 0;
            int best = 0;
            for (int index = length - 1; index >= _minSegment; index--)
            {
                double first = values[index];
                double leftSum = left[index];
                double leftMean = leftSum * inverse[index - 1];
                double fromFirst = 0;
                for (int end = index + 1; end <= length; end++)
                {
                    fromFirst += Math.Abs(values[end - 1] - first);
                    double rightSum = right[end] += fromFirst;
                    int count = end - index;
                    double between = left[end] - leftSum - rightSum;
                    double energy = 2 * inverse[end] * (between - (count * leftMean) - (index * rightSum * inverse[count - 1]));
                    if (energy > greatest && count >= _minSegment)
                    {
                        (greatest, best) = (energy, index);
                    }
                }
            }

            // The share of all distances that the split explains, at most 1. A slow drift is clearer as a straight line.
            double explained = Math.Max(greatest * length / (2 * left[length]), best > 0 ? SquaredCorrelation(values) : 0);
            return new Candidate(best, -(length - 2) * Math.Log(1 - Math.Min(explained, 1 - Rounding)));
        }

        // Computes the share of the variance that a straight line over time explains.
        private static double SquaredCorrelation(ReadOnlySpan<double> values)
        {
            double middle = (values.Length - 1) / 2.0;
            double mean = 0;
            foreach (double value in values)
            {
                mean += value / values.Length;
            }

            (double both, double ofTime, double ofValues) = (0, 0, 0);
            for (int index = 0; index < values.Length; index++)
            {
                both += (index - middle) * (values[index] - mean);
                ofTime += (index - middle) * (index - middle);
                ofValues += (values[index] - mean) * (values[index] - mean);
            }

            return both * both / (ofTime * ofValues);
        }
    }
}
