using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Columns;

/// <summary>The columns of <c>callers</c>, in every format.</summary>
internal static class CallersColumns
{
    public static IReadOnlyList<Column<CallersSummary>> All { get; } =
    [
        .. CaseColumns.Of<CallersSummary>(one => one.Id),
        Column<CallersSummary>.Hidden("payload_bytes", one => (long)one.PayloadBytes),
        Column<CallersSummary>.Count("callers", "callers", one => one.Callers),
        Column<CallersSummary>.Hidden("launches", one => (long)one.Launches),
        Column<CallersSummary>.Hidden("calls", one => one.Calls),
        Column<CallersSummary>.Ranged("calls a second", "calls_per_second", "", one => one.CallsPerSecond, FigureFormat.Rate),
        Column<CallersSummary>.Ranged("× one caller", "times_one_caller", "", one => one.TimesOneCaller, FigureFormat.Ratio),
        .. Quantile.Limited.Select(quantile =>
            Column<CallersSummary>.Ranged(quantile.Name, quantile.Name, one => one.Latency[quantile])),
        Column<CallersSummary>.Single("longest", "max_ns", one => one.MaxNs, Format.Duration),
        Column<CallersSummary>.Single("processor", "cpu_ns", one => one.Cpu, Format.Duration),
        Column<CallersSummary>.Single("allocated", "allocated_bytes", one => one.Allocated, Format.Bytes),
        Column<CallersSummary>.Text("note", "note", one => string.Join("; ", one.Notes)),
    ];
}
