using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// A figure by which two builds are compared, with the size of change that matters. A change is a logarithm of a ratio, or a
/// difference of two shares.
/// </summary>
/// <param name="Name">The metric's name in every table.</param>
/// <param name="IsShare">Whether the change is a difference of shares: 0.01 is one more call in 100.</param>
/// <param name="Margin">The smallest change that is flagged: a share of the base's figure, or a difference of shares.</param>
/// <param name="Band">The two sides are the same if the whole interval of the change is within this distance of 0.</param>
/// <param name="Of">Reads the figure from a case; null if unknown.</param>
/// <param name="Write">Formats the figure.</param>
internal sealed record Metric(
    string Name, bool IsShare, double Margin, double Band, Func<CaseFigures, double?> Of, Func<double, string> Write)
{
    // A difference up to this size never counts, in the figure's own unit.
    private double LeastDifference { get; init; }

    /// <summary>The quantile, if the figure is one; else null.</summary>
    public Quantile? Quantile { get; private init; }

    /// <summary>
    /// Whether a noisy answer leaves the whole comparison undecided. False for p95 and p99: a few calls can change them by half,
    /// and more pairs do not help. The mean and the share of slow calls cover the tail instead.
    /// </summary>
    public bool Decides { get; init; } = true;

    /// <summary>The fewest calls for which the figure is known.</summary>
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
    /// The share of slow calls. It measures the tail better than a p99 if most of the slowest 1 % of calls are pauses.
    /// </summary>
    public static Metric SlowCalls { get; } = new(
        "slow calls", true, 0.005, 0.015, figures => figures.SlowShare, share => Format.Percent(share, "0.00"))
    {
        Worse = "more",
        Better = "fewer",
        Unit = "%",
    };

    /// <summary>The mean change of the p50s of all cases. It detects a small change that all cases have in common.</summary>
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

    /// <summary>A case's figure; null if the figure or the case is unknown.</summary>
    public double? Figure(CaseFigures? figures) => figures is null ? null : Of(figures);

    /// <summary>Whether a change is large enough to be flagged.</summary>
    /// <param name="figure">The base's figure; null if there is none.</param>
    /// <param name="change">The change: a logarithm, or a difference of shares.</param>
    public bool Matters(double? figure, double change) =>
        Size(change) > Margin && !(Difference(figure, change) <= LeastDifference);

    /// <summary>Whether a change is so small that the two sides are the same.</summary>
    /// <param name="figure">The base's figure; null if there is none.</param>
    /// <param name="change">The change: a logarithm, or a difference of shares.</param>
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

    // Symmetric for ratios: a figure divided by 1.5 and a figure times 1.5 both change by 0.5.
    private double Size(double change) => IsShare ? Math.Abs(change) : Math.Exp(Math.Abs(change)) - 1;
}
