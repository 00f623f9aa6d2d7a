using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.History;

/// <summary>A change of a figure's level: a step from one report to the next, or a drift over several reports.</summary>
/// <param name="Began">The index of the first report that is not at the old level.</param>
/// <param name="Ended">The index of the first report at the new level. Equal to <paramref name="Began"/> for a step.</param>
/// <param name="Before">The level before: a geometric mean, in ns.</param>
/// <param name="After">The level after: a geometric mean, in ns.</param>
/// <param name="PValue">The probability of so clear a change in any case, if no case changed.</param>
internal sealed record LevelChange(int Began, int Ended, double Before, double After, double PValue)
{
    /// <summary>Whether the figure moves over several reports.</summary>
    public bool IsDrift => Ended > Began;

    public bool IsSlower => After > Before;

    /// <summary>The logarithm of the ratio of the two levels.</summary>
    public double Change => Math.Log(After / Before);

    /// <summary>For a drift: the logarithm of the mean ratio from one report to the next.</summary>
    public double PerReport => Change / (Ended - Began + 1);

    /// <summary>
    /// Joins change points in the same direction to one drift, if a straight rise or fall describes the figures better than steps do.
    /// Ten changes of 2 % are one drift of 22 %, and no step among them needs to be significant on its own.
    /// </summary>
    /// <param name="logarithms">The logarithms of the figures. NaN is a missing figure.</param>
    /// <param name="points">The change points of these figures.</param>
    public static IReadOnlyList<LevelChange> Of(IReadOnlyList<double> logarithms, IReadOnlyList<ChangePoint> points)
    {
        var changes = new List<LevelChange>();
        for (int first = 0; first < points.Count;)
        {
            int next = first + 1;
            while (next < points.Count && IsRise(points[next]) == IsRise(points[first]))
            {
                next++;
            }

            ChangePoint[] run = [.. points.Skip(first).Take(next - first)];
            int start = first == 0 ? 0 : points[first - 1].Index;
            int end = next == points.Count ? logarithms.Count : points[next].Index;
            changes.AddRange(OfRun(logarithms, start, end, run));
            first = next;
        }

        return changes;
    }

    private static bool IsRise(ChangePoint point) => point.After > point.Before;

    // Compares a drift with the steps by the Bayesian information criterion (G. Schwarz, "Estimating the Dimension of a Model", Annals of
    // Statistics 6, 1978). A drift has four parameters: two levels, its begin and its end. Each step has two: a position and a level.
    private static IEnumerable<LevelChange> OfRun(IReadOnlyList<double> logarithms, int start, int end, ChangePoint[] run)
    {
        int[] positions = [.. Enumerable.Range(start, end - start).Where(index => !double.IsNaN(logarithms[index]))];
        double[] values = [.. positions.Select(index => logarithms[index])];
        int[] bounds = [0, .. run.Select(point => Array.IndexOf(positions, point.Index)), values.Length];
        double steps = bounds.Zip(bounds.Skip(1), (from, to) => SquaresAroundMean(values[from..to])).Sum();
        Drift? drift = BestDrift(values);
        return drift is not null && Criterion(drift.Squares, 4, values.Length) < Criterion(steps, (2 * run.Length) + 1, values.Length)
            ?
            [
                new LevelChange(
                    positions[drift.LastBefore + 1],
                    positions[drift.FirstAfter],
                    Math.Exp(drift.Before),
                    Math.Exp(drift.After),
                    run.Min(point => point.PValue)),
            ]
            : run.Select(point =>
                new LevelChange(point.Index, point.Index, Math.Exp(point.Before), Math.Exp(point.After), point.PValue));
    }

    private static double Criterion(double squares, int parameters, int count) =>
        (count * Math.Log(Math.Max(squares, double.Epsilon) / count)) + (parameters * Math.Log(count));

    private static double SquaresAroundMean(double[] values)
    {
        double mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean));
    }

    private static Drift? BestDrift(double[] values)
    {
        Drift? best = null;
        for (int lastBefore = 0; lastBefore < values.Length - 2; lastBefore++)
        {
            // A drift that ends at the next value would be a step.
            for (int firstAfter = lastBefore + 2; firstAfter < values.Length; firstAfter++)
            {
                Drift drift = Fit(values, lastBefore, firstAfter);
                best = drift.Squares < best?.Squares || best is null ? drift : best;
            }
        }

        return best;
    }

    // Fits both levels by least squares. Value i is (1 − w) · before + w · after, with w from 0 to 1 along the drift.
    private static Drift Fit(double[] values, int lastBefore, int firstAfter)
    {
        (double bb, double ba, double aa, double bv, double av) = (0, 0, 0, 0, 0);
        for (int index = 0; index < values.Length; index++)
        {
            double weight = Weight(index);
            bb += (1 - weight) * (1 - weight);
            ba += weight * (1 - weight);
            aa += weight * weight;
            bv += (1 - weight) * values[index];
            av += weight * values[index];
        }

        double determinant = (bb * aa) - (ba * ba);
        double before = ((bv * aa) - (av * ba)) / determinant;
        double after = ((av * bb) - (bv * ba)) / determinant;
        double squares = values.Select((value, index) => Math.Pow(value - before - ((after - before) * Weight(index)), 2)).Sum();
        return new Drift(lastBefore, firstAfter, before, after, squares);

        double Weight(int index) => Math.Clamp((double)(index - lastBefore) / (firstAfter - lastBefore), 0, 1);
    }

    /// <summary>A level, a straight rise or fall, and another level. The squares are the sum of the squared distances from it.</summary>
    private sealed record Drift(int LastBefore, int FirstAfter, double Before, double After, double Squares);
}
