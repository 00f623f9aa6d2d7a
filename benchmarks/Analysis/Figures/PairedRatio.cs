using Perfolizer.Mathematics.Distributions.ContinuousDistributions;

namespace WorkerRpc.Benchmarks.Analysis.Figures;

/// <summary>
/// The ratio of two rows' figures, from the logarithms of the ratios within each launch. One process measured both rows, so differences
/// between launches cancel. The launch is the observation: the interval and the p-value are those of Student's paired t-test.
/// </summary>
/// <param name="Launches">The number of launches that measured both rows.</param>
/// <param name="MeanLog">The mean of the logarithms of the ratios.</param>
/// <param name="StandardError">The standard error of the mean. It is NaN with fewer than 2 launches.</param>
internal sealed record PairedRatio(int Launches, double MeanLog, double StandardError)
{
    /// <summary>
    /// The least number of launches for a comparison. With 2 launches, the interval reaches 12.7 standard errors to either side.
    /// </summary>
    public const int MinLaunches = 3;

    /// <summary>The share of false claims, from 0 to 1, that a comparison accepts. Intervals hold with 95 %.</summary>
    public const double ErrorRate = 0.05;

    /// <summary>Compares two rows in the launches that measured both.</summary>
    /// <param name="row">The row's figure for each launch; the key is the launch's number.</param>
    /// <param name="other">The figure of the row to compare with.</param>
    /// <param name="scale">The factor by which each ratio is multiplied.</param>
    public static PairedRatio Of(IReadOnlyDictionary<int, double> row, IReadOnlyDictionary<int, double> other, double scale = 1) =>
        OfLogs([.. row.Keys.Where(other.ContainsKey).Select(launch => Math.Log(scale * row[launch] / other[launch]))]);

    /// <summary>Takes the mean and the standard error of the launches' logarithms.</summary>
    public static PairedRatio OfLogs(IReadOnlyList<double> logs)
    {
        if (logs.Count == 0)
        {
            return new PairedRatio(0, double.NaN, double.NaN);
        }

        double mean = logs.Average();
        double squares = logs.Sum(log => (log - mean) * (log - mean));
        return new PairedRatio(logs.Count, mean, Math.Sqrt(squares / (logs.Count - 1) / logs.Count));
    }

    /// <summary>
    /// The two-sided p-value: how often rows without a difference would differ at least this much. It is 1 with too few launches.
    /// </summary>
    public double PValue => Launches < MinLaunches || !double.IsFinite(MeanLog) || MeanLog == 0 ? 1
        : StandardError == 0 ? 0
        : 2 * Distribution.Cdf(-Math.Abs(MeanLog) / StandardError);

    /// <summary>The geometric mean of the launches' ratios, and its 95 % interval. Unknown with too few launches.</summary>
    public Figure Ratio
    {
        get
        {
            if (Launches < MinLaunches)
            {
                return Figure.Unknown(TooFewLaunches(Launches));
            }

            if (!double.IsFinite(MeanLog))
            {
                return Figure.Unknown("a figure is 0");
            }

            double half = Distribution.Quantile(1 - (ErrorRate / 2)) * StandardError;
            return Figure.Estimated(Math.Exp(MeanLog), Math.Exp(MeanLog - half), Math.Exp(MeanLog + half), Launches);
        }
    }

    private StudentDistribution Distribution => new(Launches - 1);

    /// <summary>The reason why a comparison with too few launches is unknown.</summary>
    public static string TooFewLaunches(int launches) => launches == 0
        ? "no launch measured both"
        : FormattableString.Invariant($"a comparison needs {MinLaunches} launches, this one has {launches}");
}
