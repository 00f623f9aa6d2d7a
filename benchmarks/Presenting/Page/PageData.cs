using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>All data of the page. Times are in ns.</summary>
internal sealed record PageData
{
    public required PageVerdict Verdict { get; init; }

    /// <summary>The lines about the basis of the figures, such as the settings and the machine.</summary>
    public required IReadOnlyList<string> Basis { get; init; }

    /// <summary>The costs that the figures do not include, separated by semicolons.</summary>
    public required string NotCovered { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The quantiles that have a limit, in ascending order.</summary>
    public required IReadOnlyList<PageQuantile> Quantiles { get; init; }

    /// <summary>The methods in report order.</summary>
    public required IReadOnlyList<PageMethod> Methods { get; init; }

    /// <summary>The functions that were measured with delegating methods, in report order.</summary>
    public required IReadOnlyList<string> Functions { get; init; }

    /// <summary>The labels of the payload sizes, the smallest first.</summary>
    public required IReadOnlyList<string> Payloads { get; init; }

    /// <summary>The places of the curves' points on the scale 1 ÷ (1 − quantile), such as 100 for p99.</summary>
    public required IReadOnlyList<double> Rungs { get; init; }

    /// <summary>The cases to draw. Cases of references are left out.</summary>
    public required IReadOnlyList<PageCase> Cases { get; init; }

    public required IReadOnlyList<PageModel> Models { get; init; }

    public required IReadOnlyList<PageCrossover> Crossovers { get; init; }

    public required IReadOnlyList<PageLaunch> Launches { get; init; }

    public required IReadOnlyList<PageTable> Tables { get; init; }

    /// <summary>The comparison with another report, or null if the page shows only one report.</summary>
    public required PageComparison? Comparison { get; init; }

    /// <summary>The history of the cases, or null if there are no earlier runs.</summary>
    public required PageHistory? History { get; init; }

    /// <summary>Collects the data of a page.</summary>
    /// <param name="current">The run that the page shows.</param>
    /// <param name="baseline">The run to compare with, or null if there is none.</param>
    /// <param name="history">Earlier runs, in any order.</param>
    public static PageData Of(RunAnalysis current, RunReport? baseline, IReadOnlyList<RunReport> history)
    {
        RunReport report = current.Report;
        CaseSummary[] cases = [.. current.Cases.Where(one => !one.Id.IsReference)];
        RunReport[] runs = baseline is null ? [report, .. history] : [report, baseline, .. history];
        return new PageData
        {
            Verdict = PageVerdict.Of(current),
            Basis = [.. Documents.ReportBasis.Lines(current)],
            NotCovered = Documents.ReportBasis.NotCovered.Replace("`", "", StringComparison.Ordinal),
            Warnings = current.Warnings,
            Quantiles = [.. Quantile.Limited.Select(quantile => new PageQuantile(quantile.Name, Math.Round(1 / (1 - quantile.Share), 2)))],
            Methods = PageMethod.All(current),
            Functions = [.. cases.Select(one => one.Id.Function).Distinct()],
            Payloads = [.. cases.OrderBy(one => one.PayloadBytes).Select(one => one.Id.Payload).Distinct()],
            Rungs = PageCurve.Rungs,
            Cases = PageCase.All(current, cases),
            Models = [.. current.CostModels.Select(PageModel.Of)],
            Crossovers = [.. current.Crossovers.Select(PageCrossover.Of)],
            Launches = [.. report.Launches.Select(PageLaunch.Of)],
            Tables = PageTable.All(current),
            Comparison = baseline is null ? null : PageComparison.Of(baseline, report, cases),
            History = history.Count == 0 ? null : PageHistory.Of(runs, report),
        };
    }
}

/// <summary>A quantile that the page's charts and tables show.</summary>
/// <param name="Name">The quantile's name, such as p99.</param>
/// <param name="Rung">The quantile's place on the scale 1 ÷ (1 − quantile): 100 for p99.</param>
internal sealed record PageQuantile(string Name, double Rung);

/// <summary>A figure with its range, or the reason why it is unknown.</summary>
internal sealed record PageFigure(double? Value, double? Low, double? High, string? Why)
{
    public static PageFigure Of(Figure figure) => new(figure.Value, figure.Low, figure.High, figure.Withheld);
}

/// <summary>Writes the data as JSON with short numbers.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(CompactNumber)])]
[JsonSerializable(typeof(PageData))]
internal sealed partial class PageJson : JsonSerializerContext
{
    public static void Write(PageData data, Stream output) => JsonSerializer.Serialize(output, data, Default.PageData);

    /// <summary>Writes numbers with five significant digits. More are not needed, because the histograms have only three.</summary>
    private sealed class CompactNumber : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteRawValue(Text(value));

        // A page of all methods has 80 000 numbers, most of them from 10 µs to 1 ms in ns. 123456 becomes 12346e1.
        private static string Text(double value)
        {
            string plain = value.ToString("G5", CultureInfo.InvariantCulture);
            string[] parts = value.ToString("E4", CultureInfo.InvariantCulture).Split('E');
            string digits = parts[0].Replace(".", "", StringComparison.Ordinal).TrimEnd('0');
            int signs = digits.StartsWith('-') ? 1 : 0;
            if (digits.Length == signs)
            {
                return "0";
            }

            int exponent = int.Parse(parts[1], CultureInfo.InvariantCulture) - (digits.Length - signs - 1);
            string scaled = exponent == 0 ? digits : string.Create(CultureInfo.InvariantCulture, $"{digits}e{exponent}");
            return scaled.Length < plain.Length ? scaled : plain;
        }
    }
}
