using System.Numerics;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>The data of one test for computing its statistic with changed signs.</summary>
/// <param name="Changes">The changes, one for each pair.</param>
/// <param name="Group">The name of the tests that share a floor: the metric. Null if the test does not take part in the floor.</param>
/// <param name="FloorOf">The name of the group whose floor the test uses.</param>
internal readonly record struct FlippableTest(double[] Changes, string? Group, string FloorOf);

/// <summary>
/// Computes the statistics of many tests for given signs of the pairs. A statistic is the magnitude of the mean change, divided by its
/// standard error plus a floor. The floor is the median of the standard errors of the test's group, for the same signs: so a change that
/// many cases share does not raise it. The sums use SIMD vectors for speed: a gate run computes them two thousand times, a study millions
/// of times.
/// </summary>
internal sealed class FlippedTests
{
    private readonly int _pairs;
    private readonly int _columns;
    private readonly int _count;

    // A matrix with one row for each pair and one column for each vector of tests. Unused elements of the last column are 0.
    private readonly Vector<double>[] _changes;
    private readonly Vector<double>[] _squares;

    // The tests of each group that has a floor, and for each test the number of the group whose floor it uses.
    private readonly int[][] _groups;
    private readonly int[] _groupOf;

    private readonly double[] _means;
    private readonly double[] _errors;
    private readonly double[] _floors;
    private readonly double[] _sorted;

    /// <param name="tests">The tests, each with a change for every pair.</param>
    /// <param name="pairs">The number of pairs; at least two.</param>
    public FlippedTests(IReadOnlyList<FlippableTest> tests, int pairs)
    {
        _pairs = pairs;
        _count = tests.Count;
        _columns = (tests.Count + Vector<double>.Count - 1) / Vector<double>.Count;
        _changes = [.. Enumerable.Range(0, pairs).SelectMany(pair => Columns(test => test.Changes[pair]))];
        _squares = Columns(test => test.Changes.Average(change => change * change));
        string[] names = [.. tests.Select(test => test.FloorOf).Distinct()];
        _groups = [.. names.Select(name => Enumerable.Range(0, _count).Where(test => tests[test].Group == name).ToArray())];
        _groupOf = [.. tests.Select(test => Array.IndexOf(names, test.FloorOf))];
        _means = new double[_columns * Vector<double>.Count];
        _errors = new double[_means.Length];
        _floors = new double[names.Length];
        _sorted = new double[_count];

        Vector<double>[] Columns(Func<FlippableTest, double> figure)
        {
            double[] all = new double[_columns * Vector<double>.Count];
            for (int test = 0; test < tests.Count; test++)
            {
                all[test] = figure(tests[test]);
            }

            return [.. Enumerable.Range(0, _columns).Select(column => new Vector<double>(all, column * Vector<double>.Count))];
        }
    }

    /// <summary>Computes the statistic, the standard error and the floor of each test.</summary>
    /// <param name="signs">The sign for each pair: 1, or −1 to flip the signs of the pair's changes.</param>
    public (double Statistic, double Error, double Floor)[] Of(ReadOnlySpan<double> signs)
    {
        Compute(signs);
        return [.. Enumerable.Range(0, _count).Select(test => (StatisticOf(test), _errors[test], _floors[_groupOf[test]]))];
    }

    /// <summary>Computes the greatest statistic of all tests. Returns 0 if there are no tests.</summary>
    /// <param name="signs">The sign for each pair: 1, or −1 to flip the signs of the pair's changes.</param>
    public double GreatestStatistic(ReadOnlySpan<double> signs)
    {
        Compute(signs);
        double greatest = 0;
        for (int test = 0; test < _count; test++)
        {
            greatest = Math.Max(greatest, StatisticOf(test));
        }

        return greatest;
    }

    private double StatisticOf(int test)
    {
        double scale = _errors[test] + _floors[_groupOf[test]];
        return _means[test] == 0 ? 0 : scale > 0 ? Math.Abs(_means[test]) / scale : double.MaxValue;
    }

    private void Compute(ReadOnlySpan<double> signs)
    {
        for (int column = 0; column < _columns; column++)
        {
            Vector<double> sum = Vector<double>.Zero;
            for (int pair = 0; pair < _pairs; pair++)
            {
                sum += _changes[(pair * _columns) + column] * signs[pair];
            }

            Vector<double> mean = sum / _pairs;
            mean.CopyTo(_means, column * Vector<double>.Count);
            Vector.SquareRoot(Vector.Max(Vector<double>.Zero, _squares[column] - (mean * mean)) / (_pairs - 1))
                .CopyTo(_errors, column * Vector<double>.Count);
        }

        for (int group = 0; group < _groups.Length; group++)
        {
            int[] members = _groups[group];
            Span<double> sorted = _sorted.AsSpan(0, members.Length);
            for (int member = 0; member < members.Length; member++)
            {
                sorted[member] = _errors[members[member]];
            }

            sorted.Sort();
            _floors[group] = members.Length > 0 ? sorted[(members.Length - 1) / 2] : 0;
        }
    }
}
