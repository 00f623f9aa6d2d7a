using WorkerRpc.Benchmarks.Analysis.Cases;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>A curve over <see cref="Rungs"/>, up to the last rung for which every launch has enough calls. In ns, or ratios.</summary>
/// <param name="Mid">The median of the launches at each rung.</param>
/// <param name="Low">The least value of the launches at each rung.</param>
/// <param name="High">The greatest value of the launches at each rung.</param>
internal sealed record PageCurve(IReadOnlyList<double> Mid, IReadOnlyList<double> Low, IReadOnlyList<double> High)
{
    private const int Decades = 6;

    // The rungs of one decade, in about even steps on a logarithmic scale. Every quantile with a limit is a rung: 2 is p50, 20 is p95.
    private static readonly double[] s_decade =
        [1, 1.12, 1.25, 1.4, 1.6, 1.8, 2, 2.25, 2.5, 2.8, 3.2, 3.6, 4, 4.5, 5, 5.6, 6.3, 7.1, 8, 9];

    /// <summary>The 120 rungs of HdrHistogram's scale, 1 ÷ (1 − quantile): from 1, the shortest call, to 900 000.</summary>
    public static IReadOnlyList<double> Rungs { get; } =
        [.. from decade in Enumerable.Range(0, Decades) from step in s_decade select Math.Round(step * Math.Pow(10, decade), 2)];

    private static readonly double[] s_shares = [.. Rungs.Select(rung => 1 - (1 / rung))];

    /// <summary>The latency curve of a case; null where no launch measured it.</summary>
    public static PageCurve? Of(CaseSummary one) => Of(LatencyCurve.Of(one, s_shares));

    /// <summary>The curve of current time ÷ base time, taken within each launch; null where no launch measured both.</summary>
    public static PageCurve? Shift(CaseSummary before, CaseSummary after) => Of(LatencyCurve.Ratio(before, after, s_shares));

    private static PageCurve? Of(LatencyCurve? curve) => curve is null
        ? null
        : new PageCurve(
            [.. curve.Points.Select(point => point.Value!.Value)],
            [.. curve.Points.Select(point => point.Low ?? point.Value!.Value)],
            [.. curve.Points.Select(point => point.High ?? point.Value!.Value)]);
}
