using System.Text.Json;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Columns;
using WorkerRpc.Benchmarks.Presenting.Tables;

namespace WorkerRpc.Benchmarks.Presenting.Files;

/// <summary>A table in <c>report.json</c>. The tables come after the measured report.</summary>
/// <param name="Name">The name of the JSON member that has the table.</param>
/// <param name="Rows">The meaning of one row, for the JSON Schema.</param>
/// <param name="Fields">The JSON members of each row.</param>
/// <param name="Write">Writes the table of a report.</param>
internal sealed record ReportTable(string Name, string Rows, IReadOnlyList<Field> Fields, Action<Utf8JsonWriter, RunAnalysis> Write)
{
    /// <summary>All tables of <c>report.json</c>, in the order of the file.</summary>
    public static IReadOnlyList<ReportTable> All { get; } =
    [
        Of("percentiles", "A row for each case.", PercentileColumns.All, analysis => analysis.Cases),
        Of("overhead", "A row for each case that delegates, compared with direct.", OverheadColumns.All, analysis => analysis.Overheads),
        Of("callers", "A row for each case and number of concurrent callers.", CallersColumns.All, analysis => analysis.Callers),
        Of(
            "models",
            "A row for each method that delegates and function: the p50 as a line over the payload, fitted within each launch.",
            CostColumns.Models,
            analysis => analysis.CostModels),
        Of(
            "residuals",
            "A row for each case of a line, also of a withheld line: its distance from the line.",
            CostColumns.Residuals,
            analysis => analysis.CostModels.SelectMany(model => model.Residuals)),
        Of(
            "crossovers",
            "A row for each function and pair of methods whose order changes as the payload grows.",
            CostColumns.Crossovers,
            analysis => analysis.Crossovers),
    ];

    private static ReportTable Of<TRow>(
        string name, string rows, IReadOnlyList<Column<TRow>> columns, Func<RunAnalysis, IEnumerable<TRow>> read) =>
        new(
            name,
            rows,
            [.. columns.SelectMany(column => column.Fields)],
            (json, analysis) => JsonTable.Write(json, name, columns, read(analysis)));
}
