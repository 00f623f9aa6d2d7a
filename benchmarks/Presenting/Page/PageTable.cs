using WorkerRpc.Benchmarks.Analysis;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>A table of the page, from the columns of the Markdown.</summary>
/// <param name="Id">What the page calls it by.</param>
/// <param name="Title">Its title.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">Its rows.</param>
internal sealed record PageTable(string Id, string Title, IReadOnlyList<PageColumn> Columns, IReadOnlyList<PageRow> Rows)
{
    /// <summary>The tables of a report; those without rows are left out.</summary>
    public static IReadOnlyList<PageTable> All(Tables tables)
    {
        PageTable[] all =
        [
            Of("overhead", "Overhead", tables.Overhead, tables.OverheadRows, StateOf),
            Of("percentiles", "Percentiles", Analysis.Tables.Percentiles, tables.Rows, StateOf),
            Of("splits", "Where the time goes", Analysis.Tables.Splits, tables.OverheadRows.Where(row => row.Split is not null), StateOf),
            Of("models", "Cost model", Analysis.Tables.Models, tables.CostModels, model => model.Fixed.Value is null ? PageState.Of(Viability.NotKnown) : PageState.None),
            Of("crossovers", "Crossovers", Analysis.Tables.Crossovers, tables.CrossoverRows, crossover => crossover.AtBytes.Value is null ? PageState.Of(Viability.NotKnown) : PageState.None),
            Of("remedies", "Remedies", Analysis.Tables.RemedyColumns, tables.Remedies, remedy => remedy.Effect == Effect.NotKnown ? PageState.Of(Viability.NotKnown) : PageState.None),
            Of("callers", "Callers at once", Analysis.Tables.Callers, tables.CallersRows, _ => PageState.None),
        ];
        return [.. all.Where(table => table.Rows.Count > 0)];

        string StateOf(CaseRow row) => PageState.Of(row, tables.Verdicts);
    }

    /// <summary>A table of the columns that Markdown shows.</summary>
    public static PageTable Of<TRow>(string id, string title, IReadOnlyList<Column<TRow>> columns, IEnumerable<TRow> rows, Func<TRow, string> state)
    {
        Column<TRow>[] shown = [.. columns.Where(column => column.Title is not null)];
        return new PageTable(
            id,
            title,
            [.. shown.Select(column => new PageColumn(column.Title!, column.IsNumber))],
            [.. rows.Select(row => new PageRow(state(row), [.. shown.Select(column => column.Markdown(row))], [.. shown.Select(column => Order(column, row))]))]);
    }

    private static double? Order<TRow>(Column<TRow> column, TRow row) =>
        column.Order is { } order ? order(row) : column.Fields.Count == 0 ? null : column.Fields[0].Value(row) switch
        {
            double number => number,
            long number => number,
            _ => null,
        };
}

/// <summary>A column's head.</summary>
/// <param name="Title">Its title.</param>
/// <param name="IsNumber">Whether it is of numbers.</param>
internal sealed record PageColumn(string Title, bool IsNumber);

/// <summary>A row.</summary>
/// <param name="State">How it stands: one of <see cref="PageState"/>, or an answer of a comparison.</param>
/// <param name="Cells">What it shows.</param>
/// <param name="Order">What it is ordered by, a number each; null for a text, and for what is not known.</param>
internal sealed record PageRow(string State, IReadOnlyList<string> Cells, IReadOnlyList<double?> Order);
