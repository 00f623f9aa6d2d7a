using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// A figure of a case by which two builds are compared: how its change is computed, which change matters, and how it is written.
/// </summary>
/// <param name="Name">Its name in every table.</param>
/// <param name="IsShare">
/// Whether the change is a difference of two shares: 0.01 is one call more in a hundred. Otherwise it is the logarithm of a ratio.
/// </param>
/// <param name="Margin">The smallest change that is flagged: a share of the base's figure, or a difference of shares.</param>
/// <param name="Band">The two sides are the same if the whole interval of the change is within this distance of 0.</param>
/// <param name="Of">The figure; null where it is unknown.</param>
/// <param name="Write">The figure as text.</param>
internal sealed record Metric(
    string Name, bool IsShare, double Margin, double Band, Func<CaseFigures, double?> Of, Func<double, string> Write)
{
    // The smallest difference that counts, in the figure's own unit.
    private double LeastDifference { get; init; }

    /// <summary>The quantile that the figure is; null for another figure.</summary>
    public Quantile? Quantile { get; private init; }

    /// <summary>
    /// Whether an answer that is too noisy leaves the comparison open. A p95 or p99 can lie where a few calls move it by half,
    /// and more pairs do not change that. The mean includes the cost of a tail, and the slow calls count it.
    /// </summary>
    public bool Decides { get; init; } = true;

    /// <summary>The fewest calls with which the figure is known.</summary>
    public long CallsNeeded => Quantile is { } quantile ? Histograms.CallsNeeded(quantile.Share) : 1;

    /// <summary>The word for a greater figure.</summary>
    public string Worse { get; init; } = "slower";

    /// <summary>The word for a smaller figure.</summary>
    public string Better { get; init; } = "faster";

    /// <summary>The unit in CSV and JSON.</summary>
    public string Unit { get; init; } = "ns";

    public static Metric P50 { get; } = OfQuantile(Quantile.P50, 0.03, 0.05, figures => figures.P50Ns);

    public static Metric P95 { get; } = OfQuantile(Quantile.P95, 0.05, 0.20, figures => figures.P95Ns) with { Decides = false };

    public static Metric P99 { get; } = OfQuantile(Quantile.P99, 0.15, 0.30, figures => figures.P99Ns) with { Decides = false };

    public static Metric Mean { get; } = new("mean", false, 0.06, 0.10, figures => figures.MeanNs, Format.Duration);

    public static Metric Allocated { get; } = new("allocated", false, 0.02, 0.05, figures => figures.AllocatedBytes, Format.Bytes)
    {
        LeastDifference = 16,
        Worse = "more",
        Better = "less",
        Unit = "B",
    };

    /// <summary>
    /// The tail where pauses make the p99: they are most of the slowest hundredth of calls, but few of all calls.
    /// </summary>
    public static Metric SlowCalls { get; } = new("slow calls", true, 0.005, 0.015, figures => figures.SlowShare, Percent)
    {
        Worse = "more",
        Better = "fewer",
        Unit = "%",
    };

    /// <summary>The mean change of all cases' p50s: it finds small changes of everything.</summary>
    public static Metric P50OfAll { get; } = P50 with { Margin = 0.02 };

    /// <summary>The metrics that every report of launches has.</summary>
    public static IReadOnlyList<Metric> OfReports { get; } = [P50, P95, P99, Mean, Allocated];

    /// <summary>All metrics, in the order of every table.</summary>
    public static IReadOnlyList<Metric> All { get; } = [.. OfReports, SlowCalls];

    /// <summary><see cref="Margin"/> as a change.</summary>
    public double MarginAsChange => AsChange(Margin);

    /// <summary><see cref="Band"/> as a change.</summary>
    public double BandAsChange => AsChange(Band);

    /// <summary>The change from one case's figure to another's; null where one is unknown.</summary>
    public double? Change(CaseFigures? from, CaseFigures? to) => Change(Figure(from), Figure(to));

    /// <summary>The change from one figure to another; null where one is unknown.</summary>
    public double? Change(double? from, double? to) => (from, to) switch
    {
        ({ } before, { } after) when IsShare => after - before,
        ({ } before, { } after) when before > 0 && after > 0 => Math.Log(after / before),
        (0, 0) => 0,
        _ => null,
    };

    /// <summary>The figure; null where it or the case is unknown.</summary>
    public double? Figure(CaseFigures? figures) => figures is null ? null : Of(figures);

    /// <summary>Whether a change is large enough to be flagged.</summary>
    /// <param name="figure">The base's figure; null where there is none.</param>
    /// <param name="change">A logarithm, or a difference of shares.</param>
    public bool Matters(double? figure, double change) =>
        Size(change) > Margin && !(Difference(figure, change) <= LeastDifference);

    /// <summary>Whether a change is so small that the two sides are the same.</summary>
    /// <param name="figure">The base's figure; null where there is none.</param>
    /// <param name="change">A logarithm, or a difference of shares.</param>
    public bool IsWithinBand(double? figure, double change) =>
        Size(change) <= Band || Difference(figure, change) <= LeastDifference;

    /// <summary>A figure in <see cref="Unit"/>.</summary>
    public double InUnit(double figure) => IsShare ? 100 * figure : figure;

    /// <summary>A change in percent, or in percentage points of a share.</summary>
    public double PercentOf(double change) => 100 * (IsShare ? change : Math.Exp(change) - 1);

    /// <summary>A change as text: <c>+12.3 %</c>, or <c>+1.20 pp</c> for shares.</summary>
    public string WriteChange(double change) =>
        PercentOf(change).ToString(IsShare ? "+0.00;-0.00;0.00" : "+0.0;-0.0;0.0", CultureInfo.InvariantCulture)
        + (IsShare ? " pp" : " %");

    /// <summary>The magnitude of a change as text: <c>±12.3 %</c>.</summary>
    public string WriteSize(double change) => "±" + WriteChange(Math.Abs(change))[1..];

    private static Metric OfQuantile(Quantile quantile, double margin, double band, Func<CaseFigures, double?> figure) =>
        new(quantile.Name, false, margin, band, figure, Format.Duration) { Quantile = quantile };

    private double AsChange(double size) => IsShare ? size : Math.Log(1 + size);

    private double? Difference(double? figure, double change) =>
        figure is { } before ? Math.Abs((IsShare ? before + change : before * Math.Exp(change)) - before) : null;

    // Symmetric: a third less is as large as a half more.
    private double Size(double change) => IsShare ? Math.Abs(change) : Math.Exp(Math.Abs(change)) - 1;

    private static string Percent(double share) => (100 * share).ToString("0.00", CultureInfo.InvariantCulture) + " %";
}
