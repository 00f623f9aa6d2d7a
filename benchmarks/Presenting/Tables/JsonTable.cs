using System.Text.Json;

namespace WorkerRpc.Benchmarks.Presenting.Tables;

/// <summary>Writes rows as a JSON array of objects. The member names are the names of the CSV columns.</summary>
internal static class JsonTable
{
    /// <summary>The layout of every JSON report: indented, with a line feed as the line end on every system.</summary>
    public static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n" };

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
