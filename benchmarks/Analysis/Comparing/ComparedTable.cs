using System.Globalization;
using System.Text.RegularExpressions;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// A table to compare: a <c>percentiles.csv</c> or <c>percentiles.md</c> of a run, or a CSV or Markdown file that BenchmarkDotNet exported
/// in a launch.
/// </summary>
internal sealed partial class ComparedTable : ComparedFile
{
    /// <summary>The greatest time in ns, and the greatest number of bytes, that a file may have. A greater figure is damage.</summary>
    public const double MaxFigure = 1e18;

    private const string Method = "method";
    private const string Function = "function";
    private const string Payload = "payload";
    private const string KindOfBenchmarkDotNet = "table of BenchmarkDotNet";

    private static readonly string[] s_caseColumns = [Method, Function, Payload];
    private static readonly string[] s_benchmarkDotNetCase = ["Binding", "Function", "Payload"];

    // Units of times in ns, and of sizes in bytes.
    private static readonly Dictionary<string, double> s_units = new()
    {
        ["ns"] = 1,
        ["µs"] = 1e3,
        // BenchmarkDotNet writes the Greek letter instead of the micro sign.
        ["μs"] = 1e3,
        ["ms"] = 1e6,
        ["s"] = 1e9,
        ["B"] = 1,
        ["KB"] = 1e3,
        ["MB"] = 1e6,
    };

    private const double BytesPerUnitOfBenchmarkDotNet = 1024;

    private readonly Dictionary<string, ComparedCase> _figures = new(StringComparer.Ordinal);
    private readonly List<string> _failed = [];
    private readonly string _kind;
    private int _launches;
    private IReadOnlyDictionary<string, string>? _conditions;

    private ComparedTable(string kind) => _kind = kind;

    public override string Kind => _kind;

    public override int Launches => _launches;

    public override IReadOnlyDictionary<string, ComparedCase> Figures => _figures;

    public override IReadOnlyDictionary<string, string>? Conditions =>
        _conditions?.Where(one => one.Key != RunConditions.PayloadFile).ToDictionary();

    public override IReadOnlyDictionary<string, string> SharedConditions =>
        (_conditions ?? new Dictionary<string, string>()).Where(one => one.Key == RunConditions.PayloadFile).ToDictionary();

    public override IEnumerable<string> Failures => _failed.Select(name => $"{name} failed");

    /// <summary>Reads a table in CSV or Markdown.</summary>
    /// <exception cref="UnusableInputException">The text has no table that can be compared, or the table is damaged.</exception>
    public static ComparedTable Read(string path, string text)
    {
        bool isMarkdown = path.EndsWith(".md", StringComparison.OrdinalIgnoreCase) || TableRow().IsMatch(text);
        IReadOnlyList<TextTable> tables = isMarkdown ? TextTable.ReadMarkdown(path, text) : [TextTable.ReadCsv(path, text)];
        ComparedTable read = tables.FirstOrDefault(table => table.Header.Contains("Call p50")) is { } exported
            ? ReadBenchmarkDotNet(path, exported)
            : isMarkdown ? ReadMarkdown(path, text, tables)
            : ReadCsv(path, tables[0]);
        return read._figures.Count > 0 ? read : throw new UnusableInputException($"{path} has a header and no case.");
    }

    private static ComparedTable ReadCsv(string path, TextTable table)
    {
        const string Column = RunConditions.Column;
        string[] required =
        [
            .. s_caseColumns,
            "launches", "mean_ns", "allocated_bytes", "status",
            .. ComparedMetrics.All.Where(metric => metric.Quantile is not null)
                .SelectMany(metric => new[] { $"{metric.Name}_ns", $"{metric.Name}_low_ns", $"{metric.Name}_high_ns" }),
        ];
        RequireColumns(path, "percentiles.csv", table, required);
        var read = new ComparedTable(KindOfRun) { Path = path };
        string? environment = null;
        foreach ((string where, IReadOnlyList<string> cells) in table.Rows)
        {
            read.Add(where, s_caseColumns.Select(Cell), Cell("status") == "ok", Cell("warm") != "false", metric =>
                metric.Quantile is null && metric.Name != Metric.Mean.Name
                    ? new Ranged(Number(where, "allocated_bytes", Cell("allocated_bytes")), null, null)
                    : new Ranged(Of(metric, ""), Of(metric, "_low"), Of(metric, "_high")));
            read._launches = Math.Max(read._launches, (int?)Number(where, "launches", Cell("launches")) ?? 0);
            if (Cell(Column) is { Length: > 0 } given)
            {
                read._conditions = (environment ??= given) == given
                    ? read._conditions ?? RunConditions.Parse(given) ?? throw NoConditions(where, given)
                    : throw new UnusableInputException($"{where}: {Column} differs from the rows above. A file has the cases of one run.");
            }

            string? Cell(string column) => table.Cell(cells, column);

            double? Of(Metric metric, string end) =>
                Number(where, $"{metric.Name}{end}_ns", Cell($"{metric.Name}{end}_ns"));
        }

        return read;

        static double? Number(string where, string column, string? given) => given is not { Length: > 0 } ? null
            : double.TryParse(given, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                && number is >= 0 and <= MaxFigure ? number
            : throw new UnusableInputException(
                $"{where}, {column} '{given}': expected a number of 0 or more, or nothing where it is not known.");
    }

    private static ComparedTable ReadMarkdown(string path, string text, IReadOnlyList<TextTable> tables)
    {
        string[] required = [.. s_caseColumns, Metric.P50.Name];
        TextTable table = tables.FirstOrDefault(one => required.All(one.Header.Contains)) ?? throw new UnusableInputException(
            $"{path} has no table with the columns {string.Join(", ", required)}, as percentiles.md has, "
            + "or with Call p50, as BenchmarkDotNet's export of a launch has.");
        var read = new ComparedTable(KindOfRun) { Path = path };
        string? line = text.Split('\n').FirstOrDefault(one => one.StartsWith(RunConditions.LineStart, StringComparison.Ordinal));
        if (line is not null)
        {
            string given = line[RunConditions.LineStart.Length..].Trim();
            Dictionary<string, string> conditions = RunConditions.Parse(given)?.ToDictionary() ?? throw NoConditions(path, given);
            read._launches = conditions.Remove(RunConditions.Launches, out string? launches)
                && int.TryParse(launches, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                ? count
                : throw NoConditions(path, given);
            read._conditions = conditions;
        }

        foreach ((string where, IReadOnlyList<string> cells) in table.Rows)
        {
            string note = table.Cell(cells, "note") ?? "";
            bool isOk = table.Cell(cells, Metric.P50.Name) != "failed" && !note.Contains("failed in launch", StringComparison.Ordinal);
            bool isWarm = !note.Contains("not warm", StringComparison.Ordinal);
            read.Add(where, s_caseColumns.Select(column => table.Cell(cells, column)), isOk, isWarm, metric =>
                Figure(where, metric.Name, table.Cell(cells, metric.Name), isDecimal: true));
        }

        return read;
    }

    private static ComparedTable ReadBenchmarkDotNet(string path, TextTable table)
    {
        RequireColumns(path, "table of BenchmarkDotNet with the percentiles of calls", table, s_benchmarkDotNetCase);
        var read = new ComparedTable(KindOfBenchmarkDotNet) { Path = path, _launches = 1 };
        foreach ((string where, IReadOnlyList<string> cells) in table.Rows)
        {
            bool isOk = table.Cell(cells, "Call p50") is not ("NA" or "?");
            read.Add(where, s_benchmarkDotNetCase.Select(column => table.Cell(cells, column)), isOk, isWarm: true, metric =>
            {
                string column = metric.Quantile is not null ? $"Call {metric.Name}"
                    : metric.Name == Metric.Allocated.Name ? "Allocated"
                    : "Mean";
                return Figure(where, column, table.Cell(cells, column), isDecimal: false);
            });
        }

        return read;
    }

    // Parses "9.63 µs [9.27 – 10.4]". A cell that does not start with a digit is the reason why the figure is unknown.
    private static Ranged Figure(string where, string column, string? cell, bool isDecimal)
    {
        if (cell is not { Length: > 0 } || !char.IsAsciiDigit(cell[0]))
        {
            return default;
        }

        Match match = WithUnit().Match(cell);
        if (!match.Success || !s_units.TryGetValue(match.Groups["unit"].Value, out double size))
        {
            throw new UnusableInputException(
                $"{where}, {column} '{cell}': expected a figure with its unit and range, like 9.63 µs [9.27 – 10.4], "
                + $"in one of {string.Join(", ", s_units.Keys)}.");
        }

        size = isDecimal ? size : match.Groups["unit"].Value switch
        {
            "KB" => BytesPerUnitOfBenchmarkDotNet,
            "MB" => BytesPerUnitOfBenchmarkDotNet * BytesPerUnitOfBenchmarkDotNet,
            _ => size,
        };
        return new Ranged(Of("value"), Of("low"), Of("high"));

        double? Of(string part) => match.Groups[part] is { Success: true, Value: var digits }
            ? double.Parse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands, CultureInfo.InvariantCulture) * size
            : null;
    }

    private static void RequireColumns(string path, string what, TextTable table, IEnumerable<string> columns)
    {
        string[] missing = [.. columns.Except(table.Header)];
        if (missing.Length > 0)
        {
            throw new UnusableInputException($"{path} is no {what}: its header lacks {string.Join(", ", missing)}.");
        }
    }

    private static UnusableInputException NoConditions(string where, string given) =>
        new($"{where}: '{given}' does not name the conditions of a run. Expected: processor: …; cores: …; and so on.");

    private void Add(string where, IEnumerable<string?> id, bool isOk, bool isWarm, Func<Metric, Ranged> figure)
    {
        string name = string.Join('/', id);
        if (!_figures.TryAdd(name, new ComparedCase(ComparedMetrics.All.ToDictionary(metric => metric.Name, figure), isWarm)))
        {
            throw new UnusableInputException($"{where}: {name} stands there more than once.");
        }

        if (!isOk)
        {
            _failed.Add(name);
        }
    }

    [GeneratedRegex(@"^\|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"^(?<value>[\d.,]+) (?<unit>\S+)( \[(?<low>[\d.,]+) – (?<high>[\d.,]+)\])?$")]
    private static partial Regex WithUnit();
}
