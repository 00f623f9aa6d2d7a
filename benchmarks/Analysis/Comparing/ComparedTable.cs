using System.Globalization;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// A <c>percentiles.csv</c>, or BenchmarkDotNet's full JSON, to compare. Such a file has the median and range of each figure, but no single
/// launches. A difference counts as a change only if the two ranges do not overlap.
/// </summary>
internal sealed class ComparedTable : ComparedFile
{
    /// <summary>The name of the JSON member that identifies BenchmarkDotNet's full JSON.</summary>
    public const string HostMember = "HostEnvironmentInfo";

    // A file with a greater figure is rejected as damaged. The unit is ns or bytes.
    private const double MaxFigure = 1e18;

    private static readonly string[] s_required = ["method", "function", "payload", "launches", "mean_ns", "allocated_bytes", "status"];

    private static readonly string[] s_conditions =
        ["ProcessorName", "LogicalCoreCount", "OsVersion", "Architecture", "RuntimeVersion", "BenchmarkDotNetVersion"];

    // The metrics that are quantiles, with the names of the CSV columns for the value and its range.
    private static readonly (Metric Metric, string Value, string Low, string High)[] s_quantiles =
    [
        .. Metric.OfReports.Where(metric => metric.Quantile is not null).Select(metric =>
            (metric, $"{metric.Quantile}_ns", $"{metric.Quantile}_low_ns", $"{metric.Quantile}_high_ns")),
    ];

    private readonly Dictionary<string, Dictionary<Metric, Ranged>> _rows;
    private readonly string _kind;
    private readonly string _basis;
    private readonly string[] _failed;

    private ComparedTable(string kind, string basis, Rows rows) =>
        (_kind, _basis, _rows, _failed) = (kind, basis, rows.Figures, [.. rows.Failed]);

    public override string Kind => _kind;

    public override IReadOnlyDictionary<string, string> Conditions => Environment;

    public override IReadOnlyList<string> Cases =>
        [.. _rows.Keys.Where(name => !name.Contains($"/{CaseId.NoFunction}/", StringComparison.Ordinal))];

    public override IEnumerable<string> Basis => [_basis];

    public override IEnumerable<string> Failures => _failed.Select(name => $"{name} failed");

    private IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads a percentiles.csv.</summary>
    /// <exception cref="UnusableInputException">The text is not a percentiles.csv, or is damaged.</exception>
    public static ComparedTable ReadCsv(string path, string text)
    {
        using var reader = new StringReader(text);
        using var csv = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture) { IgnoreBlankLines = false });
        try
        {
            Rows rows = ReadRows(path, csv);
            return rows.Figures.Count == 0
                ? throw new UnusableInputException($"{path} has a header and no case.")
                : new ComparedTable(
                    "percentiles.csv",
                    "medians of launches with their ranges: weaker than two report.json, which hold each launch; "
                        + "that machine, runtime, settings and payload file were the same is for you to know",
                    rows)
                { Path = path };
        }
        catch (CsvHelperException e)
        {
            throw new UnusableInputException($"{path} is no percentiles.csv, or a damaged one: {e.Message.Split('\n')[0]}", e);
        }
    }

    /// <summary>
    /// Reads BenchmarkDotNet's full JSON. Skips its percentiles, because each of its samples is an average over many calls.
    /// </summary>
    /// <exception cref="UnusableInputException">The JSON is not BenchmarkDotNet's, or is damaged.</exception>
    public static ComparedTable ReadBenchmarkDotNet(string path, JsonElement report)
    {
        try
        {
            JsonElement host = report.GetProperty(HostMember);
            var rows = new Rows();
            foreach (JsonElement benchmark in report.GetProperty("Benchmarks").EnumerateArray())
            {
                string name = benchmark.GetProperty("FullName").GetString()
                    ?? throw new UnusableInputException($"{path}: a benchmark has no name.");
                JsonElement? statistics = ObjectIn(benchmark, "Statistics");
                var figures = new Dictionary<Metric, Ranged>
                {
                    [Metric.Mean] = new(Number(statistics, "Mean", name), null, null),
                    [Metric.Allocated] = new(Number(ObjectIn(benchmark, "Memory"), "BytesAllocatedPerOperation", name), null, null),
                };
                rows.Add(name, figures, isOk: statistics is not null, where: path);
            }

            return rows.Figures.Count == 0
                ? throw new UnusableInputException($"{path} has no benchmark.")
                : new ComparedTable(
                    "BenchmarkDotNet's full JSON",
                    "BenchmarkDotNet's mean and allocated bytes of one process, which has no interval; "
                        + "its P50 and P95 are of averages, and are left out",
                    rows)
                {
                    Path = path,
                    Environment = s_conditions.ToDictionary(
                        member => member, member => host.TryGetProperty(member, out JsonElement value) ? value.ToString() : "unknown"),
                };
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException)
        {
            throw new UnusableInputException($"{path} is not BenchmarkDotNet's full JSON, or a damaged one: {e.Message}", e);
        }

        static JsonElement? ObjectIn(JsonElement of, string member) =>
            of.TryGetProperty(member, out JsonElement found) && found.ValueKind == JsonValueKind.Object ? found : null;

        double? Number(JsonElement? of, string member, string name) =>
            of is not { } known || !known.TryGetProperty(member, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number is >= 0 and <= MaxFigure ? number
            : throw new UnusableInputException($"{path}: {name} has {member} {value.GetRawText()}: expected a number of 0 or more.");
    }

    public override IReadOnlyList<Answer> Compare(ComparedFile current, IReadOnlyList<string> cases)
    {
        var other = (ComparedTable)current;
        return
        [
            .. from name in cases
               from metric in Metric.OfReports
               where _rows[name].ContainsKey(metric)
               select Compare(name, metric, _rows[name][metric], other._rows[name][metric]),
        ];
    }

    private static Rows ReadRows(string path, CsvParser csv)
    {
        csv.Read();
        string[] header = csv.Record!;
        string[] missing = [.. s_required.Concat(s_quantiles.SelectMany(one => new[] { one.Value, one.Low, one.High })).Except(header)];
        if (missing.Length > 0)
        {
            throw new UnusableInputException($"{path} is no percentiles.csv: its header lacks {string.Join(", ", missing)}.");
        }

        var rows = new Rows();
        while (csv.Read())
        {
            string[] cells = csv.Record!;
            string where = FormattableString.Invariant($"{path}, line {csv.RawRow}");
            if (cells.Length != header.Length)
            {
                throw new UnusableInputException(
                    FormattableString.Invariant($"{where}: expected {header.Length} cells, found {cells.Length}."));
            }

            var figures = s_quantiles.ToDictionary(
                one => one.Metric, one => new Ranged(Number(one.Value), Number(one.Low), Number(one.High)));
            figures[Metric.Mean] = new Ranged(Number("mean_ns"), null, null);
            figures[Metric.Allocated] = new Ranged(Number("allocated_bytes"), null, null);
            rows.Add($"{Cell("method")}/{Cell("function")}/{Cell("payload")}", figures, isOk: Cell("status") == "ok", where);

            string Cell(string column) => cells[Array.IndexOf(header, column)];

            double? Number(string column) => Cell(column) is not { Length: > 0 } given ? null
                : double.TryParse(given, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                    && number is >= 0 and <= MaxFigure ? number
                : throw new UnusableInputException(
                    $"{where}, {column} '{given}': expected a number of 0 or more, or nothing where it is not known.");
        }

        return rows;
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
        if (answer.Change is not { } change)
        {
            return answer with { Withheld = "not known" };
        }

        if (metric.Change(before.High, after.Low) is not { } low || metric.Change(before.Low, after.High) is not { } high)
        {
            return answer with { Withheld = "without a range" };
        }

        answer = answer with { Low = low, High = high };
        bool matters = metric.Matters(before.Value, change);
        return low > 0 && matters ? answer with { Judgement = Judgement.Slower }
            : high < 0 && matters ? answer with { Judgement = Judgement.Faster }
            : metric.IsWithinBand(before.Value, low) && metric.IsWithinBand(before.Value, high)
                ? answer with { Judgement = Judgement.Same }
                : answer with { Judgement = Judgement.TooNoisy, Withheld = "the ranges overlap" };
    }

    /// <summary>A figure and the ends of its range. Each of the three is null if it is unknown.</summary>
    private readonly record struct Ranged(double? Value, double? Low, double? High);

    /// <summary>Collects the figures of a file's cases, and the names of failed cases.</summary>
    private sealed class Rows
    {
        public Dictionary<string, Dictionary<Metric, Ranged>> Figures { get; } = new(StringComparer.Ordinal);

        public List<string> Failed { get; } = [];

        /// <summary>Adds the figures of a case.</summary>
        /// <param name="name">The case's short name.</param>
        /// <param name="figures">The case's figures; the key is the metric.</param>
        /// <param name="isOk">Whether the case succeeded.</param>
        /// <param name="where">The position in the file, for error messages.</param>
        /// <exception cref="UnusableInputException">The file has two cases with this name.</exception>
        public void Add(string name, Dictionary<Metric, Ranged> figures, bool isOk, string where)
        {
            if (!Figures.TryAdd(name, figures))
            {
                throw new UnusableInputException($"{where}: {name} stands there more than once.");
            }

            if (!isOk)
            {
                Failed.Add(name);
            }
        }
    }
}
