namespace WorkerRpc.Benchmarks.Results.Statistics;

/// <summary>A position that splits a segment, and how clearly both sides differ.</summary>
internal readonly record struct Candidate(int Index, double Statistic);

/// <summary>A series, divided into segments at the change points found so far.</summary>
internal sealed class DividedSeries
{
    // Two statistics that differ less than this share are equal: their difference is rounding.
    public const double Rounding = 1e-9;

    // The greatest rise that SmallestVisible tries, as a multiple of the distance between the least and the greatest value.
    private const double GreatestRise = 100;
    private const int Bisections = 24;

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

    public DividedSeries(IReadOnlyList<double> all, int minSegment, int leastLength)
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

    /// <summary>
    /// Counts the known values in the last segment, and those of them at the newest positions. The step that <see cref="SmallestVisible"/>
    /// shifts is between both parts.
    /// </summary>
    /// <param name="newest">The number of the newest positions.</param>
    public (int All, int Newest) LastSegment(int newest) =>
        (_values.Length - _starts[^1], _positions.Count(position => position >= _all.Count - newest));

    /// <summary>
    /// Finds the smallest rise of the newest values that would make the statistic exceed a limit. Returns null if no rise would.
    /// </summary>
    /// <param name="newest">The number of the newest positions.</param>
    /// <param name="limit">The limit of the statistic.</param>
    public double? SmallestVisible(int newest, double limit)
    {
        double[] segment = _values[_starts[^1]..];
        (int all, int shifted) = LastSegment(newest);
        if (all < _leastLength || shifted < _minSegment || all - shifted < _minSegment)
        {
            return null;
        }

        (double below, double above) = (0, GreatestRise * (segment.Max() - segment.Min()));
        if (StatisticWith(above) <= limit)
        {
            return null;
        }

        for (int step = 0; step < Bisections; step++)
        {
            double middle = (below + above) / 2;
            (below, above) = StatisticWith(middle) > limit ? (below, middle) : (middle, above);
        }

        return above;

        double StatisticWith(double shift) =>
            BestSplit([.. segment.Select((value, index) => value + (index >= all - shifted ? shift : 0))]).Statistic;
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
            Candidate found = BestSplit(values.AsSpan(start, end - start));
            best = found.Statistic > best.Statistic ? found with { Index = start + found.Index } : best;
        }

        return best;
    }

    // Compares the values before each index with the values from the index to each later end, because a later change may follow.
    // The sums of distances are updated from one index to the next, so the time is proportional to the square of the length.
    private Candidate BestSplit(ReadOnlySpan<double> values)
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
