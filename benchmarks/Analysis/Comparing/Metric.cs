using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// A figure that a comparison uses, with the size of change that matters. A change is the logarithm of the ratio of two figures, or the
/// difference of two shares.
/// </summary>
/// <param name="Name">The metric's name in all tables.</param>
/// <param name="IsShare">Whether the change is a difference of shares: 0.01 is one more call in 100.</param>
/// <param name="Margin">The smallest change that is reported: a share of the base's figure, or a difference of shares.</param>
/// <param name="Band">The limit for "same": the whole interval of the change has to be within this distance of 0.</param>
/// <param name="Of">A function that reads the figure of a case. It returns null if the figure is unknown.</param>
/// <param name="Write">A function that formats the figure as text.</param>
internal sealed record Metric(
    string Name, bool IsShare, double Margin, double Band, Func<CaseFigures, double?> Of, Func<double, string> Write)
{
    // A difference between two figures up to this size is never a change, in the figure's own unit.
    private double LeastDifference { get; init; }

    /// <summary>The quantile that the figure is, such as p99. Null if the figure is not a quantile.</summary>
    public Quantile? Quantile { get; private init; }

    /// <summary>
    /// Whether a noisy answer leaves the outcome of the whole comparison unknown. False for p95, p99 and slow calls, because a few calls
    /// can change them by half, and more pairs do not help. The mean covers the tail instead.
    /// </summary>
    public bool Decides { get; init; } = true;

    /// <summary>
    /// Whether single processes with an extreme figure are looked for. Only the p50 and the mean are steady enough within a process.
    /// </summary>
    public bool FindsSlowProcesses { get; init; }

    /// <summary>The least number of calls from which the figure can be computed.</summary>
    public long CallsNeeded => Quantile is { } quantile ? Histograms.MinCalls(quantile.Share) : 1;

    /// <summary>The word for a change to a greater figure.</summary>
    public string Worse { get; init; } = "slower";

    /// <summary>The word for a change to a smaller figure.</summary>
    public string Better { get; init; } = "faster";

    /// <summary>The word for no relevant change.</summary>
    public string SameWord { get; init; } = "same";

    /// <summary>The figure's unit in CSV and JSON.</summary>
    public string Unit { get; init; } = "ns";

    public static Metric P50 { get; } = OfQuantile(Quantile.P50, 0.03, 0.05, figures => figures.P50Ns) with { FindsSlowProcesses = true };

    public static Metric P95 { get; } = OfQuantile(Quantile.P95, 0.05, 0.20, figures => figures.P95Ns) with { Decides = false };

    public static Metric P99 { get; } = OfQuantile(Quantile.P99, 0.15, 0.30, figures => figures.P99Ns) with { Decides = false };

    public static Metric Mean { get; } = new("mean", false, 0.06, 0.10, figures => figures.MeanNs, Format.Duration)
    {
        FindsSlowProcesses = true,
    };

    public static Metric Allocated { get; } = new("allocated", false, 0.02, 0.05, figures => figures.AllocatedBytes, Format.Bytes)
    {
        LeastDifference = 16,
        Worse = "more",
        Better = "less",
        Unit = "B",
    };

    /// <summary>
    /// The share of the calls that are slow. It describes the tail better than the p99 if most of the slowest 1 % of the calls are pauses.
    /// </summary>
    public static Metric SlowCalls { get; } = new(
        "slow calls", true, 0.005, 0.015, figures => figures.SlowShare, share => Format.Percent(share, "0.00"))
    {
        Decides = false,
        Worse = "more",
        Better = "fewer",
        Unit = "%",
    };

    /// <summary>The mean change of the p50s of all cases. It detects a small change that all cases have in common.</summary>
    public static Metric P50OfAll { get; } = P50 with { Margin = 0.02, FindsSlowProcesses = false };

    /// <summary>The metrics that can be computed from any report of launches.</summary>
    public static IReadOnlyList<Metric> OfReports { get; } = [P50, P95, P99, Mean, Allocated];

    /// <summary>All metrics, in the order of every table.</summary>
    public static IReadOnlyList<Metric> All { get; } = [.. OfReports, SlowCalls];

    /// <summary>The smallest change that is reported, <see cref="Margin"/>, converted to the form of a change.</summary>
    public double MarginAsChange => AsChange(Margin);

    /// <summary>The change that a noisy figure must be able to show: otherwise it leaves the whole comparison unknown.</summary>
    public double OpenBeyond => AsChange(0.25);

    /// <summary>The limit for "same", <see cref="Band"/>, converted to the form of a change.</summary>
    public double BandAsChange => AsChange(Band);

    /// <summary>The change between the figures of two cases. Null if one of the figures is unknown.</summary>
    public double? Change(CaseFigures? from, CaseFigures? to) => Change(Figure(from), Figure(to));

    /// <summary>The change between two figures. Null if one of the figures is unknown.</summary>
    public double? Change(double? from, double? to) => (from, to) switch
    {
        ({ } before, { } after) when IsShare => after - before,
        ({ } before, { } after) when before > 0 && after > 0 => Math.Log(after / before),
        (0, 0) => 0,
        _ => null,
    };

    /// <summary>Reads the figure of a case. Returns null if the figure or the case is unknown.</summary>
    public double? Figure(CaseFigures? figures) => figures is null ? null : Of(figures);

    /// <summary>Whether a change is large enough to be reported.</summary>
    /// <param name="figure">The base's figure; null if the base has none.</param>
    /// <param name="change">The change: a logarithm of a ratio, or a difference of shares.</param>
    public bool Matters(double? figure, double change) =>
        Size(change) > Margin && !(Difference(figure, change) <= LeastDifference);

    /// <summary>Whether a change is so small that the two sides count as the same.</summary>
    /// <param name="figure">The base's figure; null if the base has none.</param>
    /// <param name="change">The change: a logarithm of a ratio, or a difference of shares.</param>
    public bool IsWithinBand(double? figure, double change) =>
        Size(change) <= Band || Difference(figure, change) <= LeastDifference;

    /// <summary>
    /// Formats a figure: <c>1.70 µs</c>. A p99 gets its range, <c>1.85 µs [1.69 – 31.5]</c>, because the p99s of processes differ most. An
    /// unknown figure is an empty text.
    /// </summary>
    public string WriteRanged(Ranged figure) => figure.Value is not { } value ? ""
        : Quantile == Quantile.P99 ? Format.Duration(value, figure.Low, figure.High)
        : Write(value);

    /// <summary>Converts a figure to the unit of CSV and JSON, <see cref="Unit"/>.</summary>
    public double InUnit(double figure) => IsShare ? 100 * figure : figure;

    /// <summary>Converts a change to percent, or for a share to percentage points.</summary>
    public double PercentOf(double change) => 100 * (IsShare ? change : Math.Exp(change) - 1);

    /// <summary>Formats a change: <c>+12.3 %</c>, or <c>+1.20 pp</c> for shares.</summary>
    public string WriteChange(double change) =>
        PercentOf(change).ToString(IsShare ? "+0.00;-0.00;0.00" : "+0.0;-0.0;0.0", CultureInfo.InvariantCulture)
        + (IsShare ? " pp" : " %");

    /// <summary>Formats the magnitude of a change: <c>±12.3 %</c>.</summary>
    public string WriteSize(double change) => "±" + WriteChange(Math.Abs(change))[1..];

    private static Metric OfQuantile(Quantile quantile, double margin, double band, Func<CaseFigures, double?> figure) =>
        new(quantile.Name, false, margin, band, figure, Format.Duration) { Quantile = quantile };

    private double AsChange(double size) => IsShare ? size : Math.Log(1 + size);

    private double? Difference(double? figure, double change) =>
        figure is { } before ? Math.Abs((IsShare ? before + change : before * Math.Exp(change)) - before) : null;

    // Computes the size of a change. A ratio and its inverse have the same size: both 1.5 and 1 ÷ 1.5 have the size 0.5.
    private double Size(double change) => IsShare ? Math.Abs(change) : Math.Exp(Math.Abs(change)) - 1;
}
