namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// The metrics of two reports. Their bands are wider than the gate's, because runs at different times differ more than processes that run
/// side by side.
/// </summary>
internal static class ComparedMetrics
{
    // The limit for "same" of a time: not 1.5 times as long, and not 1.5 times as short.
    private const double TimeBand = 0.50;

    /// <summary>All metrics, in the order of every table.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [
        .. Metric.OfReports.Select(metric => Named(metric == Metric.Allocated ? metric : metric with { Band = TimeBand })),
    ];

    /// <summary>The mean change of the p50s of all cases.</summary>
    public static Metric P50OfAll { get; } = Named(Metric.P50OfAll with { Band = TimeBand });

    private static Metric Named(Metric metric) =>
        metric with { SameWord = FormattableString.Invariant($"same within ±{100 * metric.Band:0} %") };
}
