using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Columns;

/// <summary>The columns of the <c>percentiles</c> table, for Markdown, CSV and JSON.</summary>
internal static class PercentileColumns
{
    public static IReadOnlyList<Column<CaseSummary>> All { get; } =
    [
        .. CaseColumns.Of<CaseSummary>(one => one.Id),
        Column<CaseSummary>.Hidden("payload_bytes", one => (long)one.PayloadBytes, "The payload's size as JSON, in bytes"),
        Column<CaseSummary>.Hidden("launches", one => (long)one.Launches, "The number of launches that measured the case"),
        Column<CaseSummary>.Hidden("calls", one => one.Calls, "The number of timed calls of all launches"),
        Column<CaseSummary>.Ranged("mean", "mean", one => one.Mean, "The mean time of a call, in ns"),
        Column<CaseSummary>.Hidden("min_ns", one => one.MinNs, "The shortest call of all launches, in ns"),
        .. Quantile.All.Select(Of),
        .. Quantile.Limited.Select(Merged),
        Column<CaseSummary>.Single(
            "time beyond p99", "beyond_p99_share", one => one.Tail?.Share, share => Format.Percent(share, "0.0"),
            "The share of the calls' total time that calls beyond the p99 of their launch took, from 0 to 1").Extended(known: 0),
        Column<CaseSummary>.Hidden("max_ns", one => one.MaxNs, "The longest call of all launches, in ns"),
        Column<CaseSummary>.Single(
            "allocated", "allocated_bytes", one => one.Allocated, Format.Bytes,
            "Bytes allocated per call by caller and runtime"),
        Column<CaseSummary>.Single(
            "processor", "cpu_ns", one => one.Cpu, Format.Duration,
            "Processor time per call of caller and runtime, in ns"),
        Column<CaseSummary>.Hidden("gen0", one => one.Collections(0), "The number of gen 0 collections during the passes of all launches"),
        Column<CaseSummary>.Hidden("gen1", one => one.Collections(1), "The number of gen 1 collections during the passes of all launches"),
        Column<CaseSummary>.Hidden("gen2", one => one.Collections(2), "The number of gen 2 collections during the passes of all launches"),
        Column<CaseSummary>.Hidden("floor_ns", one => one.FloorNs, "The shortest duration that the clock can resolve, in ns"),
        Column<CaseSummary>.Hidden(
            "warm", one => one.Launches == 0 ? (bool?)null : one.Warmth.IsWarm, "Whether the code was warm while the case was timed"),
        Column<CaseSummary>.Text(
            null, "status", one => one.Failed ? "failed" : "ok",
            "Whether the case was measured in every launch that tried it", "ok", "failed"),
        Column<CaseSummary>.Single(
            null, "moved_bytes", one => one.Moved, Format.Bytes,
            "Bytes of the encoded request and response per call"),
        // The note is the last column, because no other column's text can contain a comma.
        Column<CaseSummary>.Note("note", "note", one => string.Join("; ", one.Notes), "What the figures do not show"),
    ];

    /// <summary>
    /// Returns the columns of <c>percentiles.csv</c>. They name the conditions of the run, because the file has no other place for them.
    /// </summary>
    public static IReadOnlyList<Column<CaseSummary>> WithEnvironment(string conditions) =>
        [.. All.SkipLast(1), Column<CaseSummary>.Text(null, RunConditions.Column, _ => conditions), All[^1]];

    // Markdown shows only the last of these quantiles, because the p50 and p95 of all calls hardly differ from the launches' medians.
    private static Column<CaseSummary> Merged(Quantile quantile) => new(
        quantile == Quantile.P99 ? "p99, all calls" : null,
        true,
        one => one.MergedNs(quantile) is { } ns ? FormattableString.Invariant($"{Format.Duration(ns)} of {one.Calls}") : "–",
        [
            Field<CaseSummary>.Of(
                $"{quantile}_merged_ns", one => one.MergedNs(quantile), $"The {quantile} of the calls of all launches together, in ns"),
        ]);

    // Older reports have only the value of the p99.9, without its range.
    private static Column<CaseSummary> Of(Quantile quantile)
    {
        if (!Quantile.Limitable.Contains(quantile))
        {
            return Column<CaseSummary>.Single(null, $"{quantile}_ns", one => one.Latency[quantile], Format.Duration, quantile.Meaning);
        }

        Column<CaseSummary> column =
            Column<CaseSummary>.Ranged(quantile.Label, quantile.Name, one => one.Latency[quantile], quantile.Meaning);
        return Quantile.Limited.Contains(quantile) ? column : column.Extended(known: 1);
    }
}
