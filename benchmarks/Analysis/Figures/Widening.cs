namespace WorkerRpc.Benchmarks.Analysis.Figures;

/// <summary>
/// How far the machine's speed went beyond the launches during a run, as the run's anchor shows it. Both numbers are at least 1.
/// </summary>
/// <param name="Low">The fastest launch of the anchor ÷ its fast measurements.</param>
/// <param name="High">The anchor's slow measurements ÷ its slowest launch.</param>
internal readonly record struct MachineDrift(double Low, double High)
{
    /// <summary>The machine kept its speed. A run without an anchor counts as such a run.</summary>
    public static readonly MachineDrift None = new(1, 1);
}

/// <summary>
/// By how much a verdict moves the ends of a range outwards. Launches that follow each other share the state of the machine, so their range
/// is narrower than that of independent launches. The factors come from all pairs of recorded runs of different sittings, which are an hour
/// or more apart. They are the smallest with which the widened range of some launches of one run contains the median of the other run in
/// 95 % of the cases, in each of two records: of the core cases, and of the cases of all methods. The study <c>widening</c> computes them,
/// and a test compares the tables here with its result.
/// </summary>
/// <param name="Quantile">The quantile that the figure belongs to. Other figures, such as a mean, are widened like a p50.</param>
/// <param name="Drift">The drift of the machine during the run.</param>
internal sealed record Widening(Quantile Quantile, MachineDrift Drift)
{
    /// <summary>The share of the cases in which a widened range contains the median of a run of another sitting.</summary>
    public const double Share = 0.95;

    /// <summary>For a figure that is no quantile, in a run without an anchor.</summary>
    public static readonly Widening Default = new(Quantile.P50, MachineDrift.None);

    // One entry for each number of launches, from 1 to 6.
    private static readonly Dictionary<Quantile, double[]> s_factors = new()
    {
        [Quantile.P50] = [1.46, 1.18, 1.11, 1.07, 1.05, 1.05],
        [Quantile.P95] = [1.59, 1.26, 1.14, 1.09, 1.06, 1.04],
        [Quantile.P99] = [1.99, 1.34, 1.17, 1.10, 1.06, 1.03],
    };

    // The share of the cases whose range contains the median of a run of another sitting without widening, as whole percent; the least of
    // both records.
    private static readonly Dictionary<Quantile, int[]> s_heldPercent = new()
    {
        [Quantile.P50] = [1, 43, 63, 75, 82, 86],
        [Quantile.P95] = [1, 45, 66, 78, 84, 88],
        [Quantile.P99] = [0, 45, 67, 79, 86, 90],
    };

    /// <summary>
    /// The greatest number of launches in the table, which is that of the standard profile. More launches are widened like this number.
    /// </summary>
    public static int MaxLaunches => s_factors[Quantile.P50].Length;

    /// <summary>The factor for a quantile and a number of launches.</summary>
    public static double Factor(Quantile quantile, int launches) => Entry(s_factors, quantile, launches);

    /// <summary>
    /// The share of the cases, in percent, in which the range of this many launches contains the median of a run of another sitting.
    /// </summary>
    public static int HeldPercent(Quantile quantile, int launches) => Entry(s_heldPercent, quantile, launches);

    /// <summary>Moves the ends of a range outwards.</summary>
    /// <param name="low">The lower end.</param>
    /// <param name="high">The upper end.</param>
    /// <param name="launches">The number of launches of the range.</param>
    public (double Low, double High) Apply(double low, double high, int launches)
    {
        double factor = Factor(Quantile, launches);
        (double faster, double slower) = (factor * Drift.Low, factor * Drift.High);
        return (low > 0 ? low / faster : low * slower, high > 0 ? high * slower : high / faster);
    }

    // A quantile without a row of its own takes the next higher quantile's row, or the last one.
    private static T Entry<T>(Dictionary<Quantile, T[]> table, Quantile quantile, int launches)
    {
        Quantile row = Quantile.Limited.FirstOrDefault(limited => limited.Share >= quantile.Share, Quantile.Limited[^1]);
        return table[row][Math.Clamp(launches, 1, MaxLaunches) - 1];
    }
}
