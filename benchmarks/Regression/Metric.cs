using System.Globalization;
using WorkerRpc.Benchmarks.Reports;

namespace WorkerRpc.Benchmarks.Regression;

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

    public static Metric P50 { get; } = new("p50", false, 0.03, 0.10, figures => figures.P50Ns, Format.Duration);

    public static Metric P95 { get; } = new("p95", false, 0.05, 0.20, figures => figures.P95Ns, Format.Duration);

    public static Metric P99 { get; } = new("p99", false, 0.15, 0.30, figures => figures.P99Ns, Format.Duration);

    public static Metric Mean { get; } = new("mean", false, 0.06, 0.15, figures => figures.MeanNs, Format.Duration);

    public static Metric Allocated { get; } = new("allocated", false, 0.02, 0.05, figures => figures.AllocatedBytes, Format.Bytes) { LeastDifference = 16 };

    /// <summary>The tail where pauses own the p99: they are most of the slowest hundredth, but few of all calls.</summary>
    public static Metric SlowCalls { get; } = new("slow calls", true, 0.005, 0.01, figures => figures.SlowShare, Percent);

    /// <summary>All metrics, in the order of every table.</summary>
    public static IReadOnlyList<Metric> All { get; } = [P50, P95, P99, Mean, Allocated, SlowCalls];

    /// <summary><see cref="Margin"/> as a change.</summary>
    public double MarginAsChange => AsChange(Margin);

    /// <summary><see cref="Band"/> as a change.</summary>
    public double BandAsChange => AsChange(Band);

    /// <summary>The change from one figure to another: the logarithm of their ratio, or the difference of two shares. Null where one is not known.</summary>
    public double? Change(CaseFigures from, CaseFigures to) => (Of(from), Of(to)) switch
    {
        ({ } before, { } after) when IsShare => after - before,
        ({ } before, { } after) when before > 0 && after > 0 => Math.Log(after / before),
        (0, 0) => 0,
        _ => null,
    };

    /// <summary>A figure after a change.</summary>
    public double Apply(double figure, double change) => IsShare ? figure + change : figure * Math.Exp(change);

    /// <summary>Whether a change is large enough to matter.</summary>
    /// <param name="figure">The base's figure.</param>
    /// <param name="change">As <see cref="Change"/> gives it.</param>
    public bool Matters(double figure, double change) =>
        Size(change) > Margin && Math.Abs(Apply(figure, change) - figure) > LeastDifference;

    /// <summary>Whether two figures that differ by no more than this count as the same.</summary>
    public bool IsWithinBand(double figure, double change) =>
        Size(change) <= Band || Math.Abs(Apply(figure, change) - figure) <= LeastDifference;

    /// <summary>A change as a person reads it: <c>+12.3 %</c>, or <c>+1.20 pp</c> of shares.</summary>
    public string WriteChange(double change)
    {
        double points = 100 * (IsShare ? change : Math.Exp(change) - 1);
        string digits = points.ToString(IsShare ? "+0.00;-0.00;0.00" : "+0.0;-0.0;0.0", CultureInfo.InvariantCulture);
        return digits + (IsShare ? " pp" : " %");
    }

    private double AsChange(double size) => IsShare ? size : Math.Log(1 + size);

    // Either way alike: a third less is as large as a half more.
    private double Size(double change) => IsShare ? Math.Abs(change) : Math.Exp(Math.Abs(change)) - 1;

    private static string Percent(double share) => (100 * share).ToString("0.00", CultureInfo.InvariantCulture) + " %";
}
