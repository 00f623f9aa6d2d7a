using WorkerRpc.Benchmarks.Analysis.Costs;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Tables;

namespace WorkerRpc.Benchmarks.Presenting.Columns;

/// <summary>The columns that split a case's p50 into parts: the moving of bytes, the serializer, the function and the rest.</summary>
internal static class SplitColumns
{
    /// <summary>The columns of the parts, without the case and its p50.</summary>
    public static IReadOnlyList<Column<OverheadRow>> Parts { get; } =
    [
        Part("transport", "transport_p50", split => split.Transport, "The p50 of the reference that only moves the bytes, in ns"),
        Part(
            "serializer", "serializer_p50", split => split.Serializer ?? Figure.Unknown("–"),
            "The p50 of the reference that only encodes and decodes, in ns"),
        Part("function", "function_p50", split => split.Function, "The p50 of direct, in ns"),
        Part(
            "left", "left_p50", split => split.Rest,
            "The case's p50 less transport, serializer and function in the same launch, in ns, where it is above 0 in every launch"),
    ];

    /// <summary>The columns of the case, its p50 and the parts.</summary>
    public static IReadOnlyList<Column<OverheadRow>> All { get; } =
    [
        .. CaseColumns.Of<OverheadRow>(row => row.Case.Id),
        Column<OverheadRow>.Ranged("p50", "p50", row => row.Case.P50),
        .. Parts,
    ];

    private static Column<OverheadRow> Part(string title, string name, Func<TimeSplit, Figure> figure, string meaning) =>
        Column<OverheadRow>.Ranged(title, name, row => row.Split is { } split ? figure(split) : Figure.Unknown("–"), meaning);
}
