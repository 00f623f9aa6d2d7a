using System.Globalization;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// One figure of a case by which two builds are compared: how their difference is taken, how much of one matters,
/// and how it is written.
/// </summary>
/// <param name="Name">Its name in every table.</param>
/// <param name="IsShare">
/// Whether the change is the difference of two shares (0.01 is one call more in a hundred) rather than the logarithm of a ratio.
/// </param>
/// <param name="Margin">The least change that is called slower or faster: a share of the base's figure, or a difference of shares.</param>
/// <param name="Band">Where the whole interval of the change lies within this, either way, the two are the same.</param>
/// <param name="Of">The figure; null where it is not known.</param>
/// <param name="Write">The figure as a person reads it.</param>
internal sealed record Metric(string Name, bool IsShare, double Margin, double Band, Func<CaseFigures, double?> Of, Func<double, string> Write)
{
    // The least change of a figure that is called one, in its own unit, whatever share of it that is.
    private double LeastDifference { get; init; }

    /// <summary>
    /// Whether an answer of too noisy leaves the whole comparison open. A p95 or p99 may stand where a few calls more or
    /// less move it by half, and no number of pairs changes that; what a tail costs is in the mean, and how many
    /// calls are in it among the slow ones.
    /// </summary>
    public bool Decides { get; init; } = true;

    /// <summary>The calls without which it is not known.</summary>
    public long CallsNeeded { get; init; } = 1;

    /// <summary>What more of it is called.</summary>
    public string Worse { get; init; } = "slower";

    /// <summary>What less of it is called.</summary>
    public string Better { get; init; } = "faster";

    /// <summary>Its unit in CSV and JSON.</summary>
    public string Unit { get; init; } = "ns";

    public static Metric P50 { get; } = new("p50", false, 0.03, 0.05, figures => figures.P50Ns, Format.Duration) { CallsNeeded = Histograms.CallsNeeded(0.5) };

    public static Metric P95 { get; } = new("p95", false, 0.05, 0.20, figures => figures.P95Ns, Format.Duration) { Decides = false, CallsNeeded = Histograms.CallsNeeded(0.95) };

    public static Metric P99 { get; } = new("p99", false, 0.15, 0.30, figures => figures.P99Ns, Format.Duration) { Decides = false, CallsNeeded = Histograms.CallsNeeded(0.99) };

    public static Metric Mean { get; } = new("mean", false, 0.06, 0.10, figures => figures.MeanNs, Format.Duration);

    public static Metric Allocated { get; } =
        new("allocated", false, 0.02, 0.05, figures => figures.AllocatedBytes, Format.Bytes) { LeastDifference = 16, Worse = "more", Better = "less", Unit = "B" };

    /// <summary>The tail where pauses own the p99: they are most of the slowest hundredth, but few of all calls.</summary>
    public static Metric SlowCalls { get; } =
        new("slow calls", true, 0.005, 0.015, figures => figures.SlowShare, Percent) { Worse = "more", Better = "fewer", Unit = "%" };

    /// <summary>The mean over all cases of their p50's changes: what moves everything a little.</summary>
    public static Metric P50OfAll { get; } = P50 with { Margin = 0.02 };

    /// <summary>What every report of launches has.</summary>
    public static IReadOnlyList<Metric> OfReports { get; } = [P50, P95, P99, Mean, Allocated];

    /// <summary>All metrics, in the order of every table.</summary>
    public static IReadOnlyList<Metric> All { get; } = [.. OfReports, SlowCalls];

    /// <summary><see cref="Margin"/> as a change.</summary>
    public double MarginAsChange => AsChange(Margin);

    /// <summary><see cref="Band"/> as a change.</summary>
    public double BandAsChange => AsChange(Band);

    /// <summary>The change from one figure to another: the logarithm of their ratio, or the difference of two shares. Null where one is not known.</summary>
    public double? Change(CaseFigures? from, CaseFigures? to) => Change(Figure(from), Figure(to));

    /// <summary>The change from one figure to another.</summary>
    public double? Change(double? from, double? to) => (from, to) switch
    {
        ({ } before, { } after) when IsShare => after - before,
        ({ } before, { } after) when before > 0 && after > 0 => Math.Log(after / before),
        (0, 0) => 0,
        _ => null,
    };

    /// <summary>The figure; null where it, or the case, is not known.</summary>
    public double? Figure(CaseFigures? figures) => figures is null ? null : Of(figures);

    /// <summary>Whether a change is large enough to matter.</summary>
    /// <param name="figure">The base's figure; null where there is none of its own.</param>
    /// <param name="change">A logarithm, or a difference of shares.</param>
    public bool Matters(double? figure, double change) =>
        Size(change) > Margin && !(Difference(figure, change) <= LeastDifference);

    /// <summary>Whether two figures that differ by no more than this count as the same.</summary>
    public bool IsWithinBand(double? figure, double change) =>
        Size(change) <= Band || Difference(figure, change) <= LeastDifference;

    /// <summary>A figure in <see cref="Unit"/>.</summary>
    public double InUnit(double figure) => IsShare ? 100 * figure : figure;

    /// <summary>A change in percent, or in percentage points of a share.</summary>
    public double PercentOf(double change) => 100 * (IsShare ? change : Math.Exp(change) - 1);

    /// <summary>A change as a person reads it: <c>+12.3 %</c>, or <c>+1.20 pp</c> of shares.</summary>
    public string WriteChange(double change) =>
        PercentOf(change).ToString(IsShare ? "+0.00;-0.00;0.00" : "+0.0;-0.0;0.0", CultureInfo.InvariantCulture) + (IsShare ? " pp" : " %");

    /// <summary>The size of a change, either way: <c>± 12.3 %</c>.</summary>
    public string WriteSize(double change) => "±" + WriteChange(Math.Abs(change))[1..];

    private double AsChange(double size) => IsShare ? size : Math.Log(1 + size);

    private double? Difference(double? figure, double change) =>
        figure is { } before ? Math.Abs((IsShare ? before + change : before * Math.Exp(change)) - before) : null;

    // Either way alike: a third less is as large as a half more.
    private double Size(double change) => IsShare ? Math.Abs(change) : Math.Exp(Math.Abs(change)) - 1;

    private static string Percent(double share) => (100 * share).ToString("0.00", CultureInfo.InvariantCulture) + " %";
}
