using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// The pairs whose change is far from that of the other pairs. If base and head are the same code, each outlier is as likely to be slower
/// as to be faster. Many outliers in one direction therefore mean that some processes of the head differ.
/// </summary>
/// <param name="Worse">The number of pairs in which the current side is much worse.</param>
/// <param name="Better">The number of pairs in which the current side is much better.</param>
/// <param name="Pairs">The number of all pairs.</param>
/// <param name="Size">The median change of the more frequent kind of outliers. Zero if there is none.</param>
internal sealed record Outliers(int Worse, int Better, int Pairs, double Size)
{
    /// <summary>No pair is an outlier.</summary>
    public static Outliers None { get; } = new(0, 0, 0, 0);

    /// <summary>Whether there are more of the worse kind.</summary>
    public bool AreWorse => Worse > Better;

    /// <summary>
    /// The probability of so many outliers in the more frequent direction if both directions are equally likely: a one-sided sign test.
    /// </summary>
    public double Probability
    {
        get
        {
            int all = Worse + Better;
            double term = Math.Pow(0.5, all);
            double sum = 0;
            for (int count = all; count >= Math.Max(Worse, Better); count--)
            {
                sum += term;
                term = term * count / (all - count + 1);
            }

            return sum;
        }
    }

    /// <summary>Counts the outliers.</summary>
    /// <param name="changes">The changes, one for each pair.</param>
    /// <param name="distance">The distance from the median change beyond which a change is an outlier.</param>
    public static Outliers Of(double[] changes, double distance)
    {
        double median = Medians.Lower([.. changes]);
        double[] worse = [.. changes.Where(change => change - median > distance)];
        double[] better = [.. changes.Where(change => median - change > distance)];
        double[] more = worse.Length > better.Length ? worse : better;
        return new Outliers(worse.Length, better.Length, changes.Length, more.Length > 0 ? Medians.Lower(more) : 0);
    }
}
