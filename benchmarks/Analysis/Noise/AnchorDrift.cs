using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Noise;

/// <summary>The figures of the anchor in one launch, in ns.</summary>
/// <param name="Number">The launch's number.</param>
/// <param name="Middle">The median of the launch's measurements of the anchor.</param>
/// <param name="Least">The fastest measurement.</param>
/// <param name="Greatest">The slowest measurement.</param>
internal sealed record AnchorLaunch(int Number, double Middle, double Least, double Greatest);

/// <summary>
/// How the speed of the machine changed during a run. The anchor is one case that each launch measures again and again. Any other case is
/// measured only once in a launch, at a moment when the machine may have been faster or slower than before or after.
/// </summary>
internal sealed class AnchorDrift
{
    /// <summary>The drift from which a report warns, as a share.</summary>
    public const double Noted = 0.10;

    // The drift is that of the middle 90 % of the measurements, so that a few disturbed ones do not widen every interval.
    private const double Tail = 0.05;

    private AnchorDrift(string name, IReadOnlyList<AnchorLaunch> launches, double[] sorted)
    {
        (Case, Launches) = (name, launches);
        Drift = new MachineDrift(
            Math.Max(1, launches.Min(launch => launch.Middle) / At(sorted, Tail)),
            Math.Max(1, At(sorted, 1 - Tail) / launches.Max(launch => launch.Middle)));
    }

    /// <summary>The short name of the anchor's case.</summary>
    public string Case { get; }

    /// <summary>The launches that measured the anchor.</summary>
    public IReadOnlyList<AnchorLaunch> Launches { get; }

    /// <summary>
    /// How far the anchor's measurements go beyond the range of its launches' medians. The launches' range of a case does not contain this
    /// part of the machine's drift, so a verdict widens the range by it.
    /// </summary>
    public MachineDrift Drift { get; }

    /// <summary>The launch with the fastest median.</summary>
    public AnchorLaunch Fastest => Launches.MinBy(launch => launch.Middle)!;

    /// <summary>The launch with the slowest median.</summary>
    public AnchorLaunch Slowest => Launches.MaxBy(launch => launch.Middle)!;

    /// <summary>The launch in which the slowest measurement is the most above the fastest.</summary>
    public AnchorLaunch Unsteadiest => Launches.MaxBy(launch => launch.Greatest / launch.Least)!;

    /// <summary>The slowest launch's median ÷ the fastest launch's median, minus 1.</summary>
    public double BetweenLaunches => (Slowest.Middle / Fastest.Middle) - 1;

    /// <summary>The slowest ÷ the fastest measurement within a launch, minus 1, at most.</summary>
    public double WithinLaunch => (Unsteadiest.Greatest / Unsteadiest.Least) - 1;

    /// <summary>How the anchor moved, as reports write it: <c>the anchor (…) moved by 12 % between launch 2 and 5</c>.</summary>
    public string Words
    {
        get
        {
            string within = $"by {Format.Percent(WithinLaunch, "0")} within launch {Unsteadiest.Number}";
            string between = $"by {Format.Percent(BetweenLaunches, "0")} between launch "
                + $"{Math.Min(Fastest.Number, Slowest.Number)} and {Math.Max(Fastest.Number, Slowest.Number)}";
            return $"the anchor ({Case}) moved {(Launches.Count > 1 ? $"{between}, and " : "")}{within}";
        }
    }

    /// <summary>Whether the drift is so large that a report warns.</summary>
    public bool IsNoted => Math.Max(BetweenLaunches, WithinLaunch) > Noted;

    /// <summary>
    /// Computes the drift of a run. Null if no launch measured an anchor, or if the launches measured different cases as their anchors.
    /// </summary>
    public static AnchorDrift? Of(RunReport report)
    {
        (int Number, AnchorReport Anchor)[] anchors =
            [.. from launch in report.Launches where launch.Anchor is not null select (launch.Number, launch.Anchor)];
        return anchors.Select(one => one.Anchor.Case).Distinct().Count() != 1 ? null : new AnchorDrift(
            anchors[0].Anchor.Case,
            [.. anchors.Select(one => LaunchOf(one.Number, Sorted(one.Anchor.Points)))],
            Sorted(anchors.SelectMany(one => one.Anchor.Points)));
    }

    private static AnchorLaunch LaunchOf(int number, double[] sorted) => new(number, Medians.Middle(sorted), sorted[0], sorted[^1]);

    private static double[] Sorted(IEnumerable<AnchorPoint> points) => [.. points.Select(point => point.P50Ns).Order()];

    // Interpolates between the two nearest measurements.
    private static double At(double[] sorted, double share)
    {
        double rank = share * (sorted.Length - 1);
        int below = (int)rank;
        double above = sorted[Math.Min(below + 1, sorted.Length - 1)];
        return sorted[below] + ((above - sorted[below]) * (rank - below));
    }
}
