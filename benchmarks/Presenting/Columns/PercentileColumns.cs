using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Columns;

/// <summary>The columns of <c>percentiles</c>, in every format.</summary>
internal static class PercentileColumns
{
    public static IReadOnlyList<Column<CaseSummary>> All { get; } =
    [
        .. CaseColumns.Of<CaseSummary>(one => one.Id),
        Column<CaseSummary>.Hidden("payload_bytes", one => (long)one.PayloadBytes),
        Column<CaseSummary>.Hidden("launches", one => (long)one.Launches),
        Column<CaseSummary>.Hidden("calls", one => one.Calls),
        Column<CaseSummary>.Single(null, "mean_ns", one => one.Mean, Format.Duration),
        Column<CaseSummary>.Hidden("min_ns", one => one.MinNs),
        .. Quantile.All.Select(Of),
        Column<CaseSummary>.Hidden("max_ns", one => one.MaxNs),
        Column<CaseSummary>.Single("allocated", "allocated_bytes", one => one.Allocated, Format.Bytes),
        Column<CaseSummary>.Single("processor", "cpu_ns", one => one.Cpu, Format.Duration),
        Column<CaseSummary>.Hidden("gen0", one => one.Collections(0)),
        Column<CaseSummary>.Hidden("gen1", one => one.Collections(1)),
        Column<CaseSummary>.Hidden("gen2", one => one.Collections(2)),
        Column<CaseSummary>.Hidden("floor_ns", one => one.FloorNs),
        Column<CaseSummary>.Hidden("warm", one => one.Launches == 0 ? null : one.Warmth.IsWarm),
        Column<CaseSummary>.Text(null, "status", one => one.Failed ? "failed" : "ok"),
        Column<CaseSummary>.Single(null, "moved_bytes", one => one.Moved, Format.Bytes),
        // Last, since only this column may have a comma.
        Column<CaseSummary>.Text("note", "note", one => string.Join("; ", one.Notes)),
    ];

    private static Column<CaseSummary> Of(Quantile quantile) => Quantile.Limited.Contains(quantile)
        ? Column<CaseSummary>.Ranged(quantile.Name, quantile.Name, one => one.Latency[quantile])
        : Column<CaseSummary>.Single(null, $"{quantile}_ns", one => one.Latency[quantile], Format.Duration);
}
