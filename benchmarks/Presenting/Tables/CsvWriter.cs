using System.Globalization;
using System.Text;

namespace WorkerRpc.Benchmarks.Presenting.Tables;

/// <summary>Writes rows as CSV (RFC 4180), with numbers in the invariant culture.</summary>
internal static class CsvWriter
{
    // At most three decimals: a median of two readings needs one, but a mean could have seventeen.
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

    private static void AppendLine(StringBuilder text, IEnumerable<string> values) =>
        text.AppendJoin(',', values.Select(Escape)).Append("\r\n");

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
