using System.Text.Json;
using WorkerRpc.Benchmarks.Analysis.Reading;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>A file of measurements that can be compared with another file of the same kind.</summary>
internal abstract class ComparedFile
{
    private const string CsvFile = "percentiles.csv";

    /// <summary>The file's path.</summary>
    public required string Path { get; init; }

    /// <summary>The kind of file, as text for messages.</summary>
    public abstract string Kind { get; }

    /// <summary>
    /// The conditions of the measurement; the key is the condition's name. Two files are comparable only if all conditions are equal.
    /// </summary>
    public abstract IReadOnlyDictionary<string, string> Conditions { get; }

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

    /// <summary>The short names of the file's cases, in the file's order.</summary>
    public abstract IReadOnlyList<string> Cases { get; }

    /// <summary>The data that the answers are based on, as lines of the comparison's report.</summary>
    public abstract IEnumerable<string> Basis { get; }

    /// <summary>Compares this file, as the base, with another file of the same kind.</summary>
    /// <param name="current">The other file: the current side.</param>
    /// <param name="cases">The short names of the cases that both files have.</param>
    public abstract IReadOnlyList<Answer> Compare(ComparedFile current, IReadOnlyList<string> cases);

    /// <summary>
    /// Reads a file to compare: a report.json, a folder with a report.json, a percentiles.csv, or BenchmarkDotNet's full JSON.
    /// </summary>
    /// <exception cref="UnusableInputException">The file is of another kind, is damaged, or has another schema version.</exception>
    public static ComparedFile Read(string path)
    {
        if (Directory.Exists(path))
        {
            path = FileIn(path);
        }

        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UnusableInputException($"'{path}' cannot be read: {e.Message}", e);
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            throw new UnusableInputException($"{path} is empty. "
                + $"Accepted: a {RunReport.FileName}, a folder with one, a {CsvFile}, BenchmarkDotNet's full JSON.");
        }

        return text.AsSpan().TrimStart()[0] is '{' or '[' ? ReadJson(path, text) : ComparedTable.ReadCsv(path, text);
    }

    private static string FileIn(string folder)
    {
        string[] candidates = [System.IO.Path.Combine(folder, RunReport.FileName), System.IO.Path.Combine(folder, CsvFile)];
        return candidates.FirstOrDefault(File.Exists)
            ?? throw new UnusableInputException($"The folder {folder} has neither {RunReport.FileName} nor {CsvFile}.");
    }

    private static ComparedFile ReadJson(string path, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty(ComparedTable.HostMember, out _))
            {
                return ComparedTable.ReadBenchmarkDotNet(path, root);
            }
        }
        catch (JsonException e)
        {
            throw new UnusableInputException($"{path} is no report, or a damaged one: {e.Message}", e);
        }

        return new ComparedReport(RunReportConsistency.Read(path)) { Path = path };
    }
}
