using System.Globalization;
using System.Text;
using System.Text.Json;

namespace WorkerRpc.Benchmarks.Presenting;

/// <summary>Writes rows as CSV: RFC 4180, invariant culture.</summary>
internal static class CsvWriter
{
    // At most a thousandth of the unit: a median of two readings has one decimal, a mean could have seventeen.
    private const string NumberFormat = "0.###";

    public static string Write<TRow>(IReadOnlyList<Column<TRow>> columns, IEnumerable<TRow> rows)
    {
        Field<TRow>[] fields = [.. columns.SelectMany(column => column.Fields)];
        var text = new StringBuilder();
        AppendLine(text, fields.Select(field => field.Name));
        foreach (TRow row in rows)
        {
            AppendLine(text, fields.Select(field => Text(field.Value(row))));
        }

        return text.ToString();
    }

    private static void AppendLine(StringBuilder text, IEnumerable<string> values) => text.AppendJoin(',', values.Select(Escape)).Append("\r\n");

    private static string Text(object? value) => value switch
    {
        null => "",
        bool known => known ? "true" : "false",
        double number => number.ToString(NumberFormat, CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Escape(string value) =>
        value.AsSpan().ContainsAny("\",\r\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
}

/// <summary>Writes rows as a Markdown table whose columns line up in a terminal too.</summary>
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

    /// <summary>Text that stands in a cell as it is, whatever it holds.</summary>
    public static string Escape(string text) => text
        .Replace("|", "\\|", StringComparison.Ordinal)
        .ReplaceLineEndings(" ")
        .Replace("<", "&lt;", StringComparison.Ordinal)
        // A lone less-than is no tag, and reads better as it is in a terminal.
        .Replace("&lt; ", "< ", StringComparison.Ordinal);
}

/// <summary>Writes rows as a JSON array of objects with the names of the CSV.</summary>
internal static class JsonTable
{
    public static void Write<TRow>(Utf8JsonWriter json, string name, IReadOnlyList<Column<TRow>> columns, IEnumerable<TRow> rows)
    {
        json.WriteStartArray(name);
        foreach (TRow row in rows)
        {
            json.WriteStartObject();
            foreach (Field<TRow> field in columns.SelectMany(column => column.Fields))
            {
                json.WritePropertyName(field.Name);
                WriteValue(json, field.Value(row));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool known:
                json.WriteBooleanValue(known);
                break;
            case double number:
                json.WriteNumberValue(Math.Round(number, 3));
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            default:
                json.WriteStringValue((string)value);
                break;
        }
    }
}
