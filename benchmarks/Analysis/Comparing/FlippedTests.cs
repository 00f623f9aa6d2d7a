using System.Numerics;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>What of a test its statistic is made from, whatever the signs of its changes.</summary>
/// <param name="Changes">A pair each.</param>
/// <param name="RootMeanSquare">Theirs: flipping signs leaves it as it is.</param>
/// <param name="Floor">What is added to the standard error.</param>
internal readonly record struct FlippableTest(double[] Changes, double RootMeanSquare, double Floor);

/// <summary>
/// The statistics of many tests under the signs of their pairs, several tests at once: a gate asks for them two thousand
/// times, a study millions of times. Each operation is the one of <see cref="StatisticOf"/> and <see cref="ErrorOf"/>,
/// in their order, and so is each result to the last bit.
/// </summary>
internal sealed class FlippedTests
{
    private readonly int _pairs;
    private readonly int _columns;

    // A row a pair, a column for as many tests as a vector holds; those beyond the last have no change and a statistic of 0.
    private readonly Vector<double>[] _changes;
    private readonly Vector<double>[] _squares;
    private readonly Vector<double>[] _floors;

    /// <summary>Takes the tests of a comparison.</summary>
    /// <param name="tests">Each with a change of every pair.</param>
    /// <param name="pairs">At least two.</param>
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

    /// <summary>A test's statistic.</summary>
    /// <param name="mean">The mean of its changes.</param>
    /// <param name="scale">Their standard error and the floor.</param>
    public static double StatisticOf(double mean, double scale) => mean == 0 ? 0 : scale > 0 ? Math.Abs(mean) / scale : double.MaxValue;

    /// <summary>The standard error of a mean.</summary>
    /// <param name="rootMeanSquare">Of the changes.</param>
    /// <param name="mean">Of the changes.</param>
    /// <param name="count">At least two.</param>
    public static double ErrorOf(double rootMeanSquare, double mean, int count) =>
        Math.Sqrt(Math.Max(0, (rootMeanSquare * rootMeanSquare) - (mean * mean)) / (count - 1));

    /// <summary>The greatest statistic of all tests; 0 where there is none.</summary>
    /// <param name="signs">A pair each: 1, or −1 where it is flipped.</param>
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
            greatest = Vector.Max(greatest, Vector.ConditionalSelect(Vector.Equals(mean, Vector<double>.Zero), Vector<double>.Zero, statistic));
        }

        double most = 0;
        for (int lane = 0; lane < Vector<double>.Count; lane++)
        {
            most = Math.Max(most, greatest[lane]);
        }

        return most;
    }
}
