using System.Text;
using System.Text.Json;
using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Presenting.Page;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting;

/// <summary>The files of a report. Made from the report alone.</summary>
internal static class ReportFiles
{
    private const string CallersMarkdown = "callers.md";
    private const string CallersCsv = "callers.csv";

    /// <summary>How every JSON report is laid out.</summary>
    public static readonly JsonWriterOptions JsonOptions = new() { Indented = true, NewLine = "\n" };

    /// <summary>Makes all files of a report: those of callers only where the run asked for them.</summary>
    /// <exception cref="IOException">A file could not be written.</exception>
    public static void Write(RunReport report, string folder) => Write(new Tables(report), folder);

    /// <inheritdoc cref="Write(RunReport, string)"/>
    public static void Write(Tables tables, string folder) => Write(tables, folder, []);

    /// <summary>Makes all files of a report, and the page that shows them: what a launch writes for itself has none.</summary>
    /// <exception cref="IOException">A file could not be written.</exception>
    public static void WriteWithPage(Tables tables, string folder) =>
        Write(tables, folder, new Dictionary<string, byte[]> { [HtmlReport.File] = HtmlReport.Bytes(tables) });

    private static void Write(Tables tables, string folder, IEnumerable<KeyValuePair<string, byte[]>> more)
    {
        // Made before the first is written: a report that cannot be told whole leaves the last one as it is.
        var files = new Dictionary<string, byte[]>(more)
        {
            [RunReport.FileName] = WriteJson(tables),
            ["percentiles.md"] = Encoding.UTF8.GetBytes(Documents.Percentiles(tables)),
            ["percentiles.csv"] = Encoding.UTF8.GetBytes(CsvWriter.Write(Tables.Percentiles, tables.Rows)),
            ["overhead.md"] = Encoding.UTF8.GetBytes(Documents.Overhead(tables)),
            ["overhead.csv"] = Encoding.UTF8.GetBytes(CsvWriter.Write(tables.Overhead, tables.OverheadRows)),
        };
        if (tables.CallersRows.Count > 0)
        {
            files[CallersMarkdown] = Encoding.UTF8.GetBytes(Documents.Callers(tables));
            files[CallersCsv] = Encoding.UTF8.GetBytes(CsvWriter.Write(Tables.Callers, tables.CallersRows));
        }

        Replace(folder, files);
        foreach (string stale in new[] { CallersMarkdown, CallersCsv }.Where(name => !files.ContainsKey(name)))
        {
            // Of an earlier run: beside this report it would pass for its own.
            File.Delete(Path.Combine(folder, stale));
        }
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
            JsonTable.Write(json, "callers", Tables.Callers, tables.CallersRows);
            JsonTable.Write(json, "models", Tables.Models, tables.CostModels);
            JsonTable.Write(json, "residuals", Tables.Residuals, tables.CostModels.SelectMany(model => model.Residuals));
            JsonTable.Write(json, "crossovers", Tables.Crossovers, tables.CrossoverRows);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
