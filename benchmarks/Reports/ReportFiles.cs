using System.Text;
using System.Text.Json;

namespace WorkerRpc.Benchmarks.Reports;

/// <summary>The files of a report. Made from the report alone.</summary>
internal static class ReportFiles
{
    public const string Json = "report.json";

    /// <summary>How every JSON report is laid out.</summary>
    public static readonly JsonWriterOptions JsonOptions = new() { Indented = true, NewLine = "\n" };

    /// <summary>Makes all files of a report.</summary>
    /// <exception cref="IOException">A file could not be written.</exception>
    public static void Write(RunReport report, string folder)
    {
        var tables = new Tables(report);
        // Made before the first is written: a report that cannot be told whole leaves the last one as it is.
        Replace(folder, new Dictionary<string, byte[]>
        {
            [Json] = WriteJson(tables),
            ["percentiles.md"] = Encoding.UTF8.GetBytes(Documents.Percentiles(tables)),
            ["percentiles.csv"] = Encoding.UTF8.GetBytes(CsvWriter.Write(Tables.Percentiles, tables.Rows)),
            ["overhead.md"] = Encoding.UTF8.GetBytes(Documents.Overhead(tables)),
            ["overhead.csv"] = Encoding.UTF8.GetBytes(CsvWriter.Write(tables.Overhead, tables.OverheadRows)),
        });
    }

    /// <summary>Writes files by name into a folder, which is made where it is missing.</summary>
    /// <exception cref="IOException">A file could not be written.</exception>
    public static void Replace(string folder, IReadOnlyDictionary<string, byte[]> files)
    {
        Directory.CreateDirectory(folder);
        foreach ((string name, byte[] content) in files)
        {
            WholeFile.Write(Path.Combine(folder, name), content);
        }
    }

    /// <summary>The report as it was measured, and the tables beside it for readers that want figures rather than histograms.</summary>
    public static byte[] WriteJson(Tables tables)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, JsonOptions))
        {
            json.WriteStartObject();
            foreach (JsonProperty member in JsonSerializer.SerializeToElement(tables.Report, RunReportJson.Default.RunReport).EnumerateObject())
            {
                member.WriteTo(json);
            }

            JsonTable.Write(json, "percentiles", Tables.Percentiles, tables.Rows);
            JsonTable.Write(json, "overhead", tables.Overhead, tables.OverheadRows);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
