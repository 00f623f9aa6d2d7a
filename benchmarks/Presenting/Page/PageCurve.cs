using WorkerRpc.Benchmarks.Analysis.Cases;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>
/// A latency curve with a point for each rung of <see cref="Rungs"/>. The curve stops at the first rung for which a launch has too few
/// calls. Values are in ns, or ratios of two times.
/// </summary>
/// <param name="Mid">The median over the launches, for each rung.</param>
/// <param name="Low">The smallest value over the launches, for each rung.</param>
/// <param name="High">The largest value over the launches, for each rung.</param>
internal sealed record PageCurve(IReadOnlyList<double> Mid, IReadOnlyList<double> Low, IReadOnlyList<double> High)
{
    private const int Decades = 6;

    // The rungs of one decade, in nearly even steps on a logarithmic scale. Each quantile with a limit is a rung: 2 is p50, 20 is p95.
    private static readonly double[] s_decade =
        [1, 1.12, 1.25, 1.4, 1.6, 1.8, 2, 2.25, 2.5, 2.8, 3.2, 3.6, 4, 4.5, 5, 5.6, 6.3, 7.1, 8, 9];

    /// <summary>
    /// The places of a curve's 120 points ("rungs") on HdrHistogram's scale, 1 ÷ (1 − quantile). Rung 1 is the shortest call, rung 2 the
    /// median, rung 100 the p99. The last rung is 900 000.
    /// </summary>
    public static IReadOnlyList<double> Rungs { get; } =
        [.. from decade in Enumerable.Range(0, Decades) from step in s_decade select Math.Round(step * Math.Pow(10, decade), 2)];

    private static readonly double[] s_shares = [.. Rungs.Select(rung => 1 - (1 / rung))];

    /// <summary>Returns the latency curve of a case, or null if no launch measured the case.</summary>
    public static PageCurve? Of(CaseSummary one) => Of(LatencyCurve.Of(one, s_shares));

    /// <summary>
    /// Returns the curve of current time ÷ base time. Launch 1 is compared with launch 1, and so on. Returns null if no
    /// launch of the same number measured the case in both reports.
    /// </summary>
    public static PageCurve? Shift(CaseSummary before, CaseSummary after) => Of(LatencyCurve.Ratio(before, after, s_shares));

    private static PageCurve? Of(LatencyCurve? curve) => curve is null
        ? null
        : new PageCurve(
            [.. curve.Points.Select(point => point.Value!.Value)],
            [.. curve.Points.Select(point => point.Low ?? point.Value!.Value)],
            [.. curve.Points.Select(point => point.High ?? point.Value!.Value)]);
}
