using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Columns;

/// <summary>The columns of the <c>callers</c> table, for Markdown, CSV and JSON.</summary>
internal static class CallersColumns
{
    public static IReadOnlyList<Column<CallersSummary>> All { get; } =
    [
        .. CaseColumns.Of<CallersSummary>(one => one.Id),
        Column<CallersSummary>.Hidden("payload_bytes", one => (long)one.PayloadBytes, "The payload's size as JSON, in bytes"),
        Column<CallersSummary>.Count("callers", "callers", one => one.Callers, "The number of concurrent callers"),
        Column<CallersSummary>.Hidden("launches", one => (long)one.Launches, "The number of launches that measured the row"),
        Column<CallersSummary>.Hidden("calls", one => one.Calls, "The number of calls of all callers and launches"),
        Column<CallersSummary>.Ranged(
            "calls a second", "calls_per_second", "", one => one.CallsPerSecond, FigureFormat.Rate,
            "Calls per second of all callers together"),
        Column<CallersSummary>.Ranged(
            "× one caller", "times_one_caller", "", one => one.TimesOneCaller, FigureFormat.Ratio,
            "Calls per second ÷ those of one caller in the same launch"),
        .. Quantile.Limited.Select(quantile =>
            Column<CallersSummary>.Ranged(quantile.Name, quantile.Name, one => one.Latency[quantile], quantile.Meaning)),
        Column<CallersSummary>.Single("longest", "max_ns", one => one.MaxNs, Format.Duration, "The longest call of all launches, in ns"),
        Column<CallersSummary>.Single(
            "processor", "cpu_ns", one => one.Cpu, Format.Duration,
            "Processor time per call of callers and runtime, in ns"),
        Column<CallersSummary>.Single(
            "allocated", "allocated_bytes", one => one.Allocated, Format.Bytes,
            "Bytes allocated per call by callers and runtime"),
        Column<CallersSummary>.Note("note", "note", one => string.Join("; ", one.Notes), "What the figures do not show"),
    ];
}
