using System.Text.Json;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// BenchmarkDotNet's full JSON to compare. Its percentiles are left out, because each of its samples is an average over many calls.
/// </summary>
internal sealed class BenchmarkDotNetJson : ComparedFile
{
    /// <summary>The name of the JSON member that identifies the file.</summary>
    public const string HostMember = "HostEnvironmentInfo";

    private static readonly string[] s_conditions =
        ["ProcessorName", "LogicalCoreCount", "OsVersion", "Architecture", "RuntimeVersion", "BenchmarkDotNetVersion"];

    private readonly Dictionary<string, ComparedCase> _figures = new(StringComparer.Ordinal);
    private readonly List<string> _failed = [];
    private readonly Dictionary<string, string> _conditions;

    private BenchmarkDotNetJson(Dictionary<string, string> conditions) => _conditions = conditions;

    public override string Kind => "BenchmarkDotNet's full JSON";

    // One process measured all benchmarks.
    public override int Launches => 1;

    public override IReadOnlyDictionary<string, ComparedCase> Figures => _figures;

    public override IReadOnlyDictionary<string, string> Conditions => _conditions;

    public override IEnumerable<string> Failures => _failed.Select(name => $"{name} failed");

    /// <summary>Reads BenchmarkDotNet's mean and allocated bytes of each benchmark.</summary>
    /// <exception cref="UnusableInputException">The JSON is not BenchmarkDotNet's, or is damaged.</exception>
    public static BenchmarkDotNetJson Read(string path, JsonElement report)
    {
        try
        {
            JsonElement host = report.GetProperty(HostMember);
            var read = new BenchmarkDotNetJson(s_conditions.ToDictionary(
                member => member, member => host.TryGetProperty(member, out JsonElement value) ? value.ToString() : "unknown"))
            {
                Path = path,
            };
            foreach (JsonElement benchmark in report.GetProperty("Benchmarks").EnumerateArray())
            {
                read.Add(benchmark);
            }

            return read._figures.Count > 0 ? read : throw new UnusableInputException($"{path} has no benchmark.");
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException)
        {
            throw new UnusableInputException($"{path} is not BenchmarkDotNet's full JSON, or a damaged one: {e.Message}", e);
        }
    }

    private void Add(JsonElement benchmark)
    {
        string name = benchmark.GetProperty("FullName").GetString()
            ?? throw new UnusableInputException($"{Path}: a benchmark has no name.");
        JsonElement? statistics = ObjectIn("Statistics");
        var figures = new Dictionary<string, Ranged>
        {
            [Metric.Mean.Name] = new(Number(statistics, "Mean"), null, null),
            [Metric.Allocated.Name] = new(Number(ObjectIn("Memory"), "BytesAllocatedPerOperation"), null, null),
        };
        if (!_figures.TryAdd(name, new ComparedCase(figures)))
        {
            throw new UnusableInputException($"{Path}: {name} stands there more than once.");
        }

        if (statistics is null)
        {
            _failed.Add(name);
        }

        JsonElement? ObjectIn(string member) =>
            benchmark.TryGetProperty(member, out JsonElement found) && found.ValueKind == JsonValueKind.Object ? found : null;

        double? Number(JsonElement? of, string member) =>
            of is not { } known || !known.TryGetProperty(member, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number)
                && number is >= 0 and <= ComparedTable.MaxFigure ? number
            : throw new UnusableInputException($"{Path}: {name} has {member} {value.GetRawText()}: expected a number of 0 or more.");
    }
}
