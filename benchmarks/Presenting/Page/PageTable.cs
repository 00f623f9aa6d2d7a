using WorkerRpc.Benchmarks.Analysis.Advice;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Columns;
using WorkerRpc.Benchmarks.Presenting.Tables;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>A table of the page. Its columns are those of the Markdown table.</summary>
/// <param name="Id">The table's id in the HTML.</param>
/// <param name="Title">The table's title.</param>
/// <param name="Columns">The columns' titles and types.</param>
/// <param name="Rows">The rows, in the report's order.</param>
internal sealed record PageTable(string Id, string Title, IReadOnlyList<PageColumn> Columns, IReadOnlyList<PageRow> Rows)
{
    /// <summary>All tables of a report, except those without rows.</summary>
    public static IReadOnlyList<PageTable> All(RunAnalysis analysis)
    {
        OverheadRow[] split = [.. analysis.Overheads.Where(row => row.Split is not null)];
        PageTable[] all =
        [
            Of("overhead", "Overhead", OverheadColumns.All, analysis.Overheads, StateOfRow),
            Of("percentiles", "Percentiles", PercentileColumns.All, analysis.Cases, one => PageState.Of(one, analysis.Verdict)),
            Of("splits", "Where the time goes", SplitColumns.All, split, StateOfRow),
            Of("models", "Cost model", CostColumns.Models, analysis.CostModels, model => StateOf(model.Fixed)),
            Of("crossovers", "Crossovers", CostColumns.Crossovers, analysis.Crossovers, crossover => StateOf(crossover.AtBytes)),
            Of("remedies", "Remedies", RemedyColumns.All, analysis.Remedies,
                remedy => remedy.Effect == Effect.NotKnown ? PageState.Of(Viability.NotKnown) : PageState.None),
            Of("callers", "Callers at once", CallersColumns.All, analysis.Callers, _ => PageState.None),
        ];
        return [.. all.Where(table => table.Rows.Count > 0)];

        string StateOfRow(OverheadRow row) => PageState.Of(row.Case, analysis.Verdict);

        static string StateOf(Figure figure) => figure.Value is null ? PageState.Of(Viability.NotKnown) : PageState.None;
    }

    /// <summary>Creates a table from the columns that Markdown shows.</summary>
    public static PageTable Of<TRow>(
        string id, string title, IReadOnlyList<Column<TRow>> columns, IEnumerable<TRow> rows, Func<TRow, string> state)
    {
        Column<TRow>[] shown = [.. columns.Where(column => column.Title is not null)];
        return new PageTable(
            id,
            title,
            [.. shown.Select(column => new PageColumn(column.Title!, column.IsNumber))],
            [
                .. rows.Select(row => new PageRow(
                    state(row),
                    [.. shown.Select(column => column.Markdown(row))],
                    [.. shown.Select(column => Order(column, row))])),
            ]);
    }

    private static double? Order<TRow>(Column<TRow> column, TRow row) =>
        column.Order is { } order ? order(row) : column.Fields.Count == 0 ? null : column.Fields[0].Value(row) switch
        {
            double number => number,
            long number => number,
            _ => null,
        };
}

/// <summary>The title and type of a table's column.</summary>
/// <param name="Title">The column's title.</param>
/// <param name="IsNumber">Whether the column contains numbers.</param>
internal sealed record PageColumn(string Title, bool IsNumber);

/// <summary>A row of a table.</summary>
/// <param name="State">The state of the row's case, one of the texts in <see cref="PageState"/>, or the answer of a comparison.</param>
/// <param name="Cells">The text of each cell.</param>
/// <param name="Order">The number by which the page sorts each cell, or null if the cell has text or its figure is unknown.</param>
internal sealed record PageRow(string State, IReadOnlyList<string> Cells, IReadOnlyList<double?> Order);
