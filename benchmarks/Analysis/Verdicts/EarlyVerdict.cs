using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis.Verdicts;

/// <summary>
/// Decides whether a run's verdict is certain after one or two launches. It is certain if every deciding figure is so far from its limit
/// that no difference between launches ever recorded, and none 1.5 times as great, could turn the verdict.
/// </summary>
/// <remarks>
/// Launches differ by a factor (the machine's speed, the compiled code) and by disturbances of a fixed length (a thread's wake-up, a
/// collection). So a difference is recorded as the ratio <c>high ÷ (low + 50 µs)</c>: below about 50 µs, plain ratios are up to 20 and
/// say nothing about times in ms. The study <c>early</c> computes the ratios from recorded runs, and counts wrong early verdicts.
/// </remarks>
internal static class EarlyVerdict
{
    /// <summary>The number of launches after which a run no longer ends early.</summary>
    public const int MaxLaunches = 2;

    /// <summary>The greatest recorded ratios are multiplied by this factor.</summary>
    public const double Safety = 1.5;

    // The length of a disturbance that does not grow with the figure, in ns.
    private const double FixedNs = 50_000;

    /// <summary>
    /// The greatest recorded ratios, rounded up: of any launch to any other launch, then of any launch to any two others. A test compares
    /// them with the recorded runs.
    /// </summary>
    public static readonly IReadOnlyDictionary<Quantile, IReadOnlyList<double>> GreatestRatios =
        new Dictionary<Quantile, IReadOnlyList<double>>
        {
            [Quantile.P50] = [1.84, 1.74],
            [Quantile.P95] = [3.45, 3.24],
            [Quantile.P99] = [4.89, 3.38],
        };

    /// <summary>The ratio of two launches' figures.</summary>
    /// <param name="lowNs">The lower figure, in ns. It counts as 0 if it is below 0.</param>
    /// <param name="highNs">The higher figure, in ns.</param>
    public static double Ratio(double lowNs, double highNs) => highNs / (Math.Max(lowNs, 0) + FixedNs);

    /// <summary>Whether a run's verdict is certain and launches are left to save.</summary>
    /// <param name="report">The report of the launches that have ended.</param>
    /// <param name="verdict">The verdicts on the report.</param>
    public static bool IsCertain(RunReport report, RunVerdict verdict) =>
        report.Launches.Count < report.Run.Launches
        && report.FinishedLaunches == report.Launches.Count
        && report.Cases.All(one => one.Failures.Count == 0)
        && verdict.Deciding.Count > 0
        && verdict.Deciding.All(one => one.Viability != Viability.NotKnown)
        && verdict.Deciding.SelectMany(one => verdict.LimitsOf(one.Case)).All(limit => Of(limit) is not null);

    /// <summary>Judges one figure of one or two launches.</summary>
    /// <returns>Whether the figure stays within its limit or exceeds it in any further launch. Null if this is not certain.</returns>
    public static Viability? Of(Limit limit) => Of(limit, GreatestRatios);

    /// <summary>Judges one figure of one or two launches, with ratios other than <see cref="GreatestRatios"/>.</summary>
    public static Viability? Of(Limit limit, IReadOnlyDictionary<Quantile, IReadOnlyList<double>> greatestRatios)
    {
        Figure figure = limit.Figure;
        if (figure.Value is not { } value
            || figure.Launches > MaxLaunches
            || !greatestRatios.TryGetValue(limit.Quantile, out IReadOnlyList<double>? ratios))
        {
            return null;
        }

        double factor = Safety * ratios[figure.Launches - 1];
        double highest = factor * (Math.Max(figure.High ?? value, 0) + FixedNs);
        double lowest = ((figure.Low ?? value) / factor) - FixedNs;
        return highest < limit.LimitNs ? Viability.Viable
            : lowest >= limit.LimitNs ? Viability.NotViable
            : null;
    }
}
