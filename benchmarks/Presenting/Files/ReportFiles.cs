using System.Text;
using System.Text.Json;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Columns;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Presenting.Page;
using WorkerRpc.Benchmarks.Presenting.Pictures;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Files;

/// <summary>Writes the files of a report. Every file is computed from the measured report alone.</summary>
internal static class ReportFiles
{
    private const string CallersMarkdown = "callers.md";
    private const string CallersCsv = "callers.csv";

    /// <summary>Writes the tables. The table of callers is written only if the run measured concurrent callers.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Write(RunAnalysis analysis, string folder) => Replace(folder, Tables(analysis), [CallersMarkdown, CallersCsv]);

    /// <summary>Writes the tables and the HTML page.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void WriteWithPage(RunAnalysis analysis, string folder)
    {
        Dictionary<string, byte[]> files = Tables(analysis);
        files[HtmlReport.File] = HtmlReport.Bytes(analysis);
        Replace(folder, files, [CallersMarkdown, CallersCsv]);
    }

    /// <summary>Writes the pictures.</summary>
    /// <returns>The reason why the pictures could not be drawn, or null if they were drawn.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static string? WritePictures(RunAnalysis analysis, string folder)
    {
        IReadOnlyDictionary<string, byte[]> files = new Dictionary<string, byte[]>();
        string? failure = PictureFiles.FailureOf(() => files = PictureFiles.Of(analysis));
        Replace(folder, files, PictureFiles.Names);
        return failure;
    }

    /// <summary>Writes files into a folder; the key is the file's name. A missing folder is created.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Replace(string folder, IReadOnlyDictionary<string, byte[]> files)
    {
        Directory.CreateDirectory(folder);
        foreach ((string name, byte[] content) in files)
        {
            WholeFile.Write(Path.Combine(folder, name), content);
        }
    }

    /// <summary>
    /// Writes report.json: first the measured report with its histograms, then the tables, for programs that cannot decode histograms.
    /// </summary>
    public static byte[] Json(RunAnalysis analysis)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, JsonTable.Options))
        {
            json.WriteStartObject();
            JsonElement report = JsonSerializer.SerializeToElement(analysis.Report, RunReportJson.Default.RunReport);
            foreach (JsonProperty member in report.EnumerateObject())
            {
                member.WriteTo(json);
            }

            foreach (ReportTable table in ReportTable.All)
            {
                table.Write(json, analysis);
            }

            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static Dictionary<string, byte[]> Tables(RunAnalysis analysis)
    {
        var files = new Dictionary<string, byte[]>
        {
            [RunReport.FileName] = Json(analysis),
            ["percentiles.md"] = Encoding.UTF8.GetBytes(PercentilesDocument.Write(analysis)),
            ["percentiles.csv"] = Encoding.UTF8.GetBytes(
                CsvWriter.Write(PercentileColumns.WithEnvironment(RunConditions.Write(analysis.Report)), analysis.Cases)),
            ["overhead.md"] = Encoding.UTF8.GetBytes(OverheadDocument.Write(analysis)),
            ["overhead.csv"] = Encoding.UTF8.GetBytes(CsvWriter.Write(OverheadColumns.All, analysis.Overheads)),
        };
        if (analysis.Callers.Count > 0)
        {
            files[CallersMarkdown] = Encoding.UTF8.GetBytes(CallersDocument.Write(analysis));
            files[CallersCsv] = Encoding.UTF8.GetBytes(CsvWriter.Write(CallersColumns.All, analysis.Callers));
        }

        return files;
    }

    // The contents of all files are complete before the first file is written, so an error leaves the previous report unchanged. Optional
    // files of an earlier run are deleted, because they would look like part of this report.
    private static void Replace(string folder, IReadOnlyDictionary<string, byte[]> files, IEnumerable<string> optional)
    {
        Replace(folder, files);
        foreach (string stale in optional.Where(name => !files.ContainsKey(name)))
        {
            File.Delete(Path.Combine(folder, stale));
        }
    }
}
