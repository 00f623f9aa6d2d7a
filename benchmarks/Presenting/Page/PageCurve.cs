using WorkerRpc.Benchmarks.Analysis.Cases;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>A case's quantiles at the rungs of a scale, up to the last rung that every launch knows. Times in ns.</summary>
/// <param name="Mid">The launches' median.</param>
/// <param name="Low">The launches' least.</param>
/// <param name="High">The launches' greatest.</param>
internal sealed record PageCurve(IReadOnlyList<double> Mid, IReadOnlyList<double> Low, IReadOnlyList<double> High)
{
    private const int Decades = 6;

    // About even steps on a logarithmic scale; p50, p95 and p99 are among them.
    private static readonly double[] s_decade =
        [1, 1.12, 1.25, 1.4, 1.6, 1.8, 2, 2.25, 2.5, 2.8, 3.2, 3.6, 4, 4.5, 5, 5.6, 6.3, 7.1, 8, 9];

    /// <summary>The rungs of HdrHistogram's scale, 1 ÷ (1 − quantile): 120, from the shortest call to one call in a million.</summary>
    public static IReadOnlyList<double> Rungs { get; } =
        [.. from decade in Enumerable.Range(0, Decades) from step in s_decade select Math.Round(step * Math.Pow(10, decade), 2)];

    private static readonly double[] s_shares = [.. Rungs.Select(rung => 1 - (1 / rung))];

    /// <summary>A case's curve; null where nothing was measured.</summary>
    public static PageCurve? Of(CaseSummary one) => Of(LatencyCurve.Of(one, s_shares));

    /// <summary>The current time ÷ the base's time, within each launch that both have; null where no launch does.</summary>
    public static PageCurve? Shift(CaseSummary before, CaseSummary after) => Of(LatencyCurve.Ratio(before, after, s_shares));

    private static PageCurve? Of(LatencyCurve? curve) => curve is null
        ? null
        : new PageCurve(
            [.. curve.Points.Select(point => point.Value!.Value)],
            [.. curve.Points.Select(point => point.Low ?? point.Value!.Value)],
            [.. curve.Points.Select(point => point.High ?? point.Value!.Value)]);
}
