using System.Text.Json;
using WorkerRpc.Benchmarks.Analysis.Reading;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>A file that can be compared with another one of its kind.</summary>
internal abstract class ComparedFile
{
    private const string CsvFile = "percentiles.csv";

    /// <summary>The file's path.</summary>
    public required string Path { get; init; }

    /// <summary>The kind of file, in words.</summary>
    public abstract string Kind { get; }

    /// <summary>Conditions, by name. Two files are comparable only if all these conditions are equal.</summary>
    public abstract IReadOnlyDictionary<string, string> Conditions { get; }

    /// <summary>Optional conditions, by name. A condition that both files have must be equal in both.</summary>
    public virtual IReadOnlyDictionary<string, string> SharedConditions => new Dictionary<string, string>();

    /// <summary>Facts, by name. The report of a comparison lists those that differ.</summary>
    public virtual IReadOnlyDictionary<string, string> Remarks => new Dictionary<string, string>();

    /// <summary>Warnings about this file, apart from the comparison.</summary>
    public virtual IEnumerable<string> Warnings => [];

    /// <summary>The launches and cases that failed, with their errors.</summary>
    public virtual IEnumerable<string> Failures => [];

    /// <summary>The short names of the file's cases, in the file's order.</summary>
    public abstract IReadOnlyList<string> Cases { get; }

    /// <summary>What the answers of a comparison with this file are based on.</summary>
    public abstract IEnumerable<string> Basis { get; }

    /// <summary>Compares another file of this kind with this one.</summary>
    /// <param name="current">The other file.</param>
    /// <param name="cases">The short names of the cases that both files have.</param>
    public abstract IReadOnlyList<Answer> Compare(ComparedFile current, IReadOnlyList<string> cases);

    /// <summary>Reads a report.json, a folder with one, a percentiles.csv, or BenchmarkDotNet's full JSON.</summary>
    /// <exception cref="UnusableInputException">The file is none of these, is damaged, or has another schema.</exception>
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
