using System.Text.Json;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>A file that can be held against another one of its kind.</summary>
internal abstract class ComparedFile
{
    private const string CsvFile = "percentiles.csv";

    /// <summary>Where it is.</summary>
    public required string Path { get; init; }

    /// <summary>What it is, in words, with what it is not.</summary>
    public abstract string Kind { get; }

    /// <summary>What has to be the same on both sides for their figures to be comparable, by name.</summary>
    public abstract IReadOnlyDictionary<string, string> Conditions { get; }

    /// <summary>What has to be the same where both sides have it, by name.</summary>
    public virtual IReadOnlyDictionary<string, string> SharedConditions => new Dictionary<string, string>();

    /// <summary>What a reader has to know where it differs, by name.</summary>
    public virtual IReadOnlyDictionary<string, string> Remarks => new Dictionary<string, string>();

    /// <summary>What has to be known of it by itself.</summary>
    public virtual IEnumerable<string> Warnings => [];

    /// <summary>What failed in it.</summary>
    public virtual IEnumerable<string> Failures => [];

    /// <summary>The names of its cases, in its order.</summary>
    public abstract IReadOnlyList<string> Cases { get; }

    /// <summary>What the answers of a comparison with this one are based on.</summary>
    public abstract IEnumerable<string> Basis { get; }

    /// <summary>Holds another file of this kind against this one.</summary>
    /// <param name="current">The other one.</param>
    /// <param name="cases">The cases that both have.</param>
    public abstract IReadOnlyList<Answer> Compare(ComparedFile current, IReadOnlyList<string> cases);

    /// <summary>Reads a report.json, a folder with one, a percentiles.csv, or BenchmarkDotNet's full JSON.</summary>
    /// <exception cref="UnusableInputException">It is none, damaged, or of another schema.</exception>
    public static ComparedFile Read(string path)
    {
        if (Directory.Exists(path))
        {
            string[] candidates = [System.IO.Path.Combine(path, RunReport.FileName), System.IO.Path.Combine(path, CsvFile)];
            path = candidates.FirstOrDefault(File.Exists) ?? throw new UnusableInputException($"The folder {path} has neither {RunReport.FileName} nor {CsvFile}.");
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
            throw new UnusableInputException($"{path} is empty. Accepted: a {RunReport.FileName}, a folder with one, a {CsvFile}, BenchmarkDotNet's full JSON.");
        }

        return text.AsSpan().TrimStart()[0] is '{' or '[' ? ReadJson(path, text) : ComparedTable.ReadCsv(path, text);
    }

    private static ComparedFile ReadJson(string path, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(ComparedTable.HostMember, out _))
            {
                return ComparedTable.ReadBenchmarkDotNet(path, document.RootElement);
            }
        }
        catch (JsonException e)
        {
            throw new UnusableInputException($"{path} is no report, or a damaged one: {e.Message}", e);
        }

        return new ComparedReport(RunReportConsistency.Read(path)) { Path = path };
    }
}
