using System.Text;

namespace WorkerRpc.Benchmarks.Presenting.Tables;

/// <summary>Writes rows as a Markdown table. Cells are padded, so that the columns also line up in a terminal.</summary>
internal static class MarkdownTable
{
    public static string Write<TRow>(IReadOnlyList<Column<TRow>> columns, IEnumerable<TRow> rows)
    {
        Column<TRow>[] shown = [.. columns.Where(column => column.Title is not null)];
        return Write(
            [.. shown.Select(column => (column.Title!, column.IsNumber))],
            [.. rows.Select(row => shown.Select(column => column.Markdown(row)).ToArray())]);
    }

    public static string Write(IReadOnlyList<(string Title, bool IsNumber)> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        string[][] cells = [[.. columns.Select(column => column.Title)], .. rows.Select(row => row.Select(Escape).ToArray())];
        int[] widths = [.. columns.Select((_, column) => cells.Max(row => row[column].Length))];
        var text = new StringBuilder();
        AppendRow(cells[0]);
        text.Append('|').AppendJoin('|', columns.Select((column, index) =>
            column.IsNumber ? new string('-', widths[index] + 1) + ':' : new string('-', widths[index] + 2))).Append("|\n");
        foreach (string[] row in cells.Skip(1))
        {
            AppendRow(row);
        }

        return text.ToString();

        void AppendRow(string[] row) => text.Append("| ").AppendJoin(" | ", row.Select((cell, column) =>
            columns[column].IsNumber ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).Append(" |\n");
    }

    /// <summary>Escapes a text, so that it cannot end its table cell or add HTML tags.</summary>
    public static string Escape(string text) => text
        .Replace("|", "\\|", StringComparison.Ordinal)
        .ReplaceLineEndings(" ")
        .Replace("<", "&lt;", StringComparison.Ordinal)
        // Leaves "< " unescaped: before a space, "<" starts no HTML tag, and it is easier to read in a terminal.
        .Replace("&lt; ", "< ", StringComparison.Ordinal);
}
