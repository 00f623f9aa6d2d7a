using System.Numerics;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// The data of one test for computing its statistic with changed signs: its changes, and the values that do not depend on the signs.
/// </summary>
/// <param name="Changes">The changes, one for each pair.</param>
/// <param name="RootMeanSquare">The root mean square of the changes.</param>
/// <param name="Floor">The constant that is added to the standard error.</param>
internal readonly record struct FlippableTest(double[] Changes, double RootMeanSquare, double Floor);

/// <summary>
/// Computes the statistics of many tests for given signs of the pairs, with SIMD vectors for speed: a gate run computes them two thousand
/// times, a study millions of times. It uses the operations of <see cref="StatisticOf"/> and <see cref="ErrorOf"/> in the same order, so
/// that the results are equal to the last bit.
/// </summary>
internal sealed class FlippedTests
{
    private readonly int _pairs;
    private readonly int _columns;

    // A matrix with one row for each pair and one column for each vector of tests. Unused elements of the last column are 0, so their
    // statistic is 0.
    private readonly Vector<double>[] _changes;
    private readonly Vector<double>[] _squares;
    private readonly Vector<double>[] _floors;

    /// <param name="tests">The tests, each with a change for every pair.</param>
    /// <param name="pairs">The number of pairs; at least two.</param>
    public FlippedTests(IReadOnlyList<FlippableTest> tests, int pairs)
    {
        _pairs = pairs;
        _columns = (tests.Count + Vector<double>.Count - 1) / Vector<double>.Count;
        _changes = [.. Enumerable.Range(0, pairs).SelectMany(pair => Columns(test => test.Changes[pair]))];
        _squares = Columns(test => test.RootMeanSquare * test.RootMeanSquare);
        _floors = Columns(test => test.Floor);

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

    /// <summary>Computes the statistic of a test: the magnitude of the mean change ÷ the scale.</summary>
    /// <param name="mean">The mean of the changes.</param>
    /// <param name="scale">The standard error of the mean plus a constant.</param>
    public static double StatisticOf(double mean, double scale) =>
        mean == 0 ? 0 : scale > 0 ? Math.Abs(mean) / scale : double.MaxValue;

    /// <summary>Computes the standard error of a mean.</summary>
    /// <param name="rootMeanSquare">The root mean square of the changes.</param>
    /// <param name="mean">The mean of the changes.</param>
    /// <param name="count">The number of changes; at least two.</param>
    public static double ErrorOf(double rootMeanSquare, double mean, int count) =>
        Math.Sqrt(Math.Max(0, (rootMeanSquare * rootMeanSquare) - (mean * mean)) / (count - 1));

    /// <summary>Computes the greatest statistic of all tests. Returns 0 if there are no tests.</summary>
    /// <param name="signs">The sign for each pair: 1, or −1 to flip the signs of the pair's changes.</param>
    public double GreatestStatistic(ReadOnlySpan<double> signs)
    {
        Vector<double> greatest = Vector<double>.Zero;
        for (int column = 0; column < _columns; column++)
        {
            Vector<double> sum = Vector<double>.Zero;
            for (int pair = 0; pair < _pairs; pair++)
            {
                sum += _changes[(pair * _columns) + column] * signs[pair];
            }

            Vector<double> mean = sum / _pairs;
            Vector<double> error = Vector.SquareRoot(Vector.Max(Vector<double>.Zero, _squares[column] - (mean * mean)) / (_pairs - 1));
            Vector<double> scale = error + _floors[column];
            Vector<double> statistic = Vector.ConditionalSelect(
                Vector.GreaterThan(scale, Vector<double>.Zero), Vector.Abs(mean) / scale, new Vector<double>(double.MaxValue));
            Vector<double> ofMean =
                Vector.ConditionalSelect(Vector.Equals(mean, Vector<double>.Zero), Vector<double>.Zero, statistic);
            greatest = Vector.Max(greatest, ofMean);
        }

        double most = 0;
        for (int lane = 0; lane < Vector<double>.Count; lane++)
        {
            most = Math.Max(most, greatest[lane]);
        }

        return most;
    }
}
