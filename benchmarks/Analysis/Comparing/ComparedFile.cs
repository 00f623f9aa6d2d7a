using System.Text.Json;
using WorkerRpc.Benchmarks.Analysis.Reading;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>A file of measurements that can be compared with another file.</summary>
internal abstract class ComparedFile
{
    /// <summary>The kind of a run's files: report.json, percentiles.csv and percentiles.md. They can be compared with each other.</summary>
    public const string KindOfRun = "report of a run";

    private const string CsvFile = "percentiles.csv";
    private const string MarkdownFile = "percentiles.md";

    private const string Accepted =
        $"a {RunReport.FileName}, a folder with one, a {CsvFile} or {MarkdownFile}, or BenchmarkDotNet's full JSON, CSV or Markdown";

    /// <summary>The file's path.</summary>
    public required string Path { get; init; }

    /// <summary>The kind of file, as text for messages. Only two files of a kind can be compared.</summary>
    public abstract string Kind { get; }

    /// <summary>The number of launches that finished.</summary>
    public abstract int Launches { get; }

    /// <summary>The file's cases with their figures, in the file's order. The key is the case's short name.</summary>
    public abstract IReadOnlyDictionary<string, ComparedCase> Figures { get; }

    /// <summary>
    /// The conditions of the measurement; the key is the condition's name. Two files are comparable only if all conditions are equal. Null
    /// if the file does not have them.
    /// </summary>
    public abstract IReadOnlyDictionary<string, string>? Conditions { get; }

    /// <summary>
    /// Conditions that a file might lack; the key is the condition's name. If both files have a condition, its values must be equal.
    /// </summary>
    public virtual IReadOnlyDictionary<string, string> SharedConditions => new Dictionary<string, string>();

    /// <summary>
    /// Facts about the measurement; the key is the fact's name. The comparison's report lists the facts that differ between the files.
    /// </summary>
    public virtual IReadOnlyDictionary<string, string> Remarks => new Dictionary<string, string>();

    /// <summary>Warnings about this file alone, not about the comparison.</summary>
    public virtual IEnumerable<string> Warnings => [];

    /// <summary>The launches and cases that failed, with their error messages.</summary>
    public virtual IEnumerable<string> Failures => [];

    /// <summary>The short names of the file's cases, in the file's order, without references.</summary>
    public IReadOnlyList<string> Cases =>
        [.. Figures.Keys.Where(name => !name.Contains($"/{CaseId.NoFunction}/", StringComparison.Ordinal))];

    /// <summary>Reads a file to compare, or the first such file of a folder.</summary>
    /// <exception cref="UnusableInputException">The file is of another kind, is damaged, or has another schema version.</exception>
    public static ComparedFile Read(string path)
    {
        path = InputFile.InFolder(path, RunReport.FileName, CsvFile, MarkdownFile);
        string text;
        using (FileStream file = InputFile.Open(path))
        {
            using var reader = new StreamReader(file);
            text = reader.ReadToEnd();
        }

        return string.IsNullOrWhiteSpace(text) ? throw new UnusableInputException($"{path} is empty. Accepted: {Accepted}.")
            : text.AsSpan().TrimStart()[0] is '{' or '[' ? ReadJson(path, text)
            : ComparedTable.Read(path, text);
    }

    private static ComparedFile ReadJson(string path, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty(BenchmarkDotNetJson.HostMember, out _))
            {
                return BenchmarkDotNetJson.Read(path, root);
            }
        }
        catch (JsonException e)
        {
            throw new UnusableInputException($"{path} is no report, or a damaged one: {InputFile.Mistake(e)}.", e);
        }

        return new ComparedReport(RunReportConsistency.Read(path)) { Path = path };
    }
}
