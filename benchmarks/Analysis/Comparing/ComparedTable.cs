using System.Globalization;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// A <c>percentiles.csv</c>, or BenchmarkDotNet's full JSON: figures that were summed up, of which the observations are
/// gone, so that only a change beyond both ranges can be told.
/// </summary>
internal sealed class ComparedTable : ComparedFile
{
    /// <summary>The member by which BenchmarkDotNet's full JSON is known.</summary>
    public const string HostMember = "HostEnvironmentInfo";

    // No figure, in ns or bytes, is beyond it.
    private const double MaxFigure = 1e18;

    private static readonly string[] s_required = ["method", "function", "payload", "launches", "mean_ns", "allocated_bytes", "status"];
    private static readonly string[] s_conditions = ["ProcessorName", "LogicalCoreCount", "OsVersion", "Architecture", "RuntimeVersion", "BenchmarkDotNetVersion"];
    private static readonly (Metric Metric, string Name)[] s_quantiles = [(Metric.P50, "p50"), (Metric.P95, "p95"), (Metric.P99, "p99")];

    private readonly Dictionary<string, Dictionary<Metric, Ranged>> _rows;
    private readonly string _kind;
    private readonly string _basis;
    private readonly string[] _failed;

    private ComparedTable(string kind, string basis, Dictionary<string, Dictionary<Metric, Ranged>> rows, IEnumerable<string> failed) =>
        (_kind, _basis, _rows, _failed) = (kind, basis, rows, [.. failed]);

    public override string Kind => _kind;

    public override IReadOnlyDictionary<string, string> Conditions => Environment;

    public override IReadOnlyList<string> Cases => [.. _rows.Keys.Where(name => !name.Contains($"/{CaseId.NoFunction}/", StringComparison.Ordinal))];

    public override IEnumerable<string> Basis => [_basis];

    public override IEnumerable<string> Failures => _failed.Select(name => $"{name} failed");

    private IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads a percentiles.csv.</summary>
    /// <exception cref="UnusableInputException">It is none, or damaged.</exception>
    public static ComparedTable ReadCsv(string path, string text)
    {
        using var reader = new StringReader(text);
        using var csv = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture) { IgnoreBlankLines = false });
        try
        {
            csv.Read();
            string[] header = csv.Record!;
            string[] columns = [.. s_required, .. s_quantiles.SelectMany(quantile => new[] { $"{quantile.Name}_ns", $"{quantile.Name}_low_ns", $"{quantile.Name}_high_ns" })];
            string[] missing = [.. columns.Except(header)];
            if (missing.Length > 0)
            {
                throw new UnusableInputException($"{path} is no percentiles.csv: its header lacks {string.Join(", ", missing)}.");
            }

            var rows = new Dictionary<string, Dictionary<Metric, Ranged>>(StringComparer.Ordinal);
            var failed = new List<string>();
            while (csv.Read())
            {
                string[] cells = csv.Record!;
                if (cells.Length != header.Length)
                {
                    throw new UnusableInputException(FormattableString.Invariant($"{path}, line {csv.RawRow}: expected {header.Length} cells, found {cells.Length}."));
                }

                string name = $"{Cell("method")}/{Cell("function")}/{Cell("payload")}";
                var figures = s_quantiles.ToDictionary(
                    quantile => quantile.Metric, quantile => new Ranged(Number($"{quantile.Name}_ns"), Number($"{quantile.Name}_low_ns"), Number($"{quantile.Name}_high_ns")));
                figures[Metric.Mean] = new Ranged(Number("mean_ns"), null, null);
                figures[Metric.Allocated] = new Ranged(Number("allocated_bytes"), null, null);
                if (!rows.TryAdd(name, figures))
                {
                    throw new UnusableInputException(FormattableString.Invariant($"{path}, line {csv.RawRow}: {name} stands there more than once."));
                }

                if (Cell("status") != "ok")
                {
                    failed.Add(name);
                }

                string Cell(string column) => cells[Array.IndexOf(header, column)];

                double? Number(string column) => Cell(column) is not { Length: > 0 } given ? null
                    : double.TryParse(given, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number is >= 0 and <= MaxFigure ? number
                    : throw new UnusableInputException(FormattableString.Invariant($"{path}, line {csv.RawRow}, {column} '{given}': expected a number of 0 or more, or nothing where it is not known."));
            }

            return rows.Count == 0
                ? throw new UnusableInputException($"{path} has a header and no case.")
                : new ComparedTable(
                    "percentiles.csv",
                    "medians of launches with their ranges: weaker than two report.json, which hold each launch; that machine, runtime, settings and payload file were the same is for you to know",
                    rows, failed)
                { Path = path };
        }
        catch (CsvHelperException e)
        {
            throw new UnusableInputException($"{path} is no percentiles.csv, or a damaged one: {e.Message.Split('\n')[0]}", e);
        }
    }

    /// <summary>Reads BenchmarkDotNet's full JSON. Its percentiles are of averages of iterations, and are left.</summary>
    /// <exception cref="UnusableInputException">It is none, or damaged.</exception>
    public static ComparedTable ReadBenchmarkDotNet(string path, JsonElement report)
    {
        try
        {
            JsonElement host = report.GetProperty(HostMember);
            var rows = new Dictionary<string, Dictionary<Metric, Ranged>>(StringComparer.Ordinal);
            var failed = new List<string>();
            foreach (JsonElement benchmark in report.GetProperty("Benchmarks").EnumerateArray())
            {
                string name = benchmark.GetProperty("FullName").GetString() ?? throw new UnusableInputException($"{path}: a benchmark has no name.");
                bool ran = benchmark.TryGetProperty("Statistics", out JsonElement statistics) && statistics.ValueKind == JsonValueKind.Object;
                JsonElement memory = benchmark.TryGetProperty("Memory", out JsonElement known) ? known : default;
                var figures = new Dictionary<Metric, Ranged>
                {
                    [Metric.Mean] = new(ran ? Number(statistics, "Mean", name) : null, null, null),
                    [Metric.Allocated] = new(memory.ValueKind == JsonValueKind.Object ? Number(memory, "BytesAllocatedPerOperation", name) : null, null, null),
                };
                if (!rows.TryAdd(name, figures))
                {
                    throw new UnusableInputException($"{path}: {name} stands there more than once.");
                }

                if (!ran)
                {
                    failed.Add(name);
                }
            }

            return rows.Count == 0
                ? throw new UnusableInputException($"{path} has no benchmark.")
                : new ComparedTable(
                    "BenchmarkDotNet's full JSON",
                    "BenchmarkDotNet's mean and allocated bytes of one process, which has no interval; its P50 and P95 are of averages, and are left out",
                    rows, failed)
                {
                    Path = path,
                    Environment = s_conditions.ToDictionary(member => member, member => host.TryGetProperty(member, out JsonElement value) ? value.ToString() : "unknown"),
                };
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException)
        {
            throw new UnusableInputException($"{path} is not BenchmarkDotNet's full JSON, or a damaged one: {e.Message}", e);
        }

        double? Number(JsonElement of, string member, string name) =>
            !of.TryGetProperty(member, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number is >= 0 and <= MaxFigure ? number
            : throw new UnusableInputException($"{path}: {name} has {member} {value.GetRawText()}: expected a number of 0 or more.");
    }

    public override IReadOnlyList<Answer> Compare(ComparedFile current, IReadOnlyList<string> cases)
    {
        var other = (ComparedTable)current;
        return [.. from name in cases from metric in Metric.OfReports where _rows[name].ContainsKey(metric) select Compare(name, metric, _rows[name][metric], other._rows[name][metric])];
    }

    private static Answer Compare(string name, Metric metric, Ranged before, Ranged after)
    {
        var answer = new Answer
        {
            Case = name,
            Metric = metric,
            Judgement = Judgement.NotJudged,
            Base = before.Value,
            Current = after.Value,
            Change = metric.Change(before.Value, after.Value),
        };
        return answer.Change is null ? answer with { Withheld = "not known" }
            : metric.Change(before.High, after.Low) is not { } low || metric.Change(before.Low, after.High) is not { } high ? answer with { Withheld = "without a range" }
            : (answer with { Low = low, High = high }) switch
            {
                { Low: > 0, Change: { } up } one when metric.Matters(before.Value, up) => one with { Judgement = Judgement.Slower },
                { High: < 0, Change: { } down } one when metric.Matters(before.Value, down) => one with { Judgement = Judgement.Faster },
                var one when metric.IsWithinBand(before.Value, low) && metric.IsWithinBand(before.Value, high) => one with { Judgement = Judgement.Same },
                var one => one with { Judgement = Judgement.TooNoisy, Withheld = "the ranges overlap" },
            };
    }

    /// <summary>A figure and its range, each null where it is not known.</summary>
    private readonly record struct Ranged(double? Value, double? Low, double? High);
}
