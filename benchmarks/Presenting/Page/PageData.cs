using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>All that the page shows. Times in ns.</summary>
internal sealed record PageData
{
    public required PageVerdict Verdict { get; init; }

    /// <summary>What the figures are based on, in lines.</summary>
    public required IReadOnlyList<string> Basis { get; init; }

    public required string NotSaid { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The methods in report order, references last.</summary>
    public required IReadOnlyList<PageMethod> Methods { get; init; }

    /// <summary>The functions that methods were measured with, in report order.</summary>
    public required IReadOnlyList<string> Functions { get; init; }

    /// <summary>The payloads' labels, ascending by size.</summary>
    public required IReadOnlyList<string> Payloads { get; init; }

    /// <summary>Where the curves are known, as 1 ÷ (1 − quantile).</summary>
    public required IReadOnlyList<double> Rungs { get; init; }

    /// <summary>The cases of methods, references excepted.</summary>
    public required IReadOnlyList<PageCase> Cases { get; init; }

    public required IReadOnlyList<PageModel> Models { get; init; }

    public required IReadOnlyList<PageCrossover> Crossovers { get; init; }

    public required IReadOnlyList<PageLaunch> Launches { get; init; }

    public required IReadOnlyList<PageTable> Tables { get; init; }

    /// <summary>Null where the page is of one report.</summary>
    public required PageComparison? Comparison { get; init; }

    /// <summary>Null where there are no earlier runs.</summary>
    public required PageHistory? History { get; init; }

    /// <summary>Makes the page's data.</summary>
    /// <param name="current">What the page is of.</param>
    /// <param name="baseline">What it is held against; null for nothing.</param>
    /// <param name="history">Earlier runs.</param>
    public static PageData Of(Tables current, RunReport? baseline, IReadOnlyList<RunReport> history)
    {
        RunReport report = current.Report;
        IReadOnlyList<string> recommended = [.. Recommendation.ByLatency(current).Where(one => one.IsFastest).Select(one => one.Method)];
        CaseRow[] rows = [.. current.Rows.Where(row => !row.Id.IsReference)];
        return new PageData
        {
            Verdict = PageVerdict.Of(current),
            Basis = [.. Screen.Basis(report)],
            NotSaid = Documents.NotSaid.Replace("`", "", StringComparison.Ordinal),
            Warnings = Analysis.Warnings.Of(current),
            Methods = PageMethod.All(current, recommended),
            Functions = [.. rows.Select(row => row.Id.Function).Distinct()],
            Payloads = [.. rows.OrderBy(row => row.PayloadBytes).Select(row => row.Id.Payload).Distinct()],
            Rungs = PageCurve.Rungs,
            Cases = PageCase.All(current, rows),
            Models = [.. current.CostModels.Select(PageModel.Of)],
            Crossovers = [.. current.CrossoverRows.Select(PageCrossover.Of)],
            Launches = [.. report.Launches.Select(PageLaunch.Of)],
            Tables = PageTable.All(current),
            Comparison = baseline is null ? null : PageComparison.Of(baseline, report, rows),
            History = history.Count == 0 ? null : PageHistory.Of(baseline is null ? [report, .. history] : [report, baseline, .. history], report),
        };
    }
}

/// <summary>A figure with its range, or why it is not known.</summary>
internal sealed record PageFigure(double? Value, double? Low, double? High, string? Why)
{
    public static PageFigure Of(Figure figure) => new(figure.Value, figure.Low, figure.High, figure.Withheld);
}

/// <summary>
/// Writes the data so that it can stand in a script element: what could end it, or a line of script, is escaped by the
/// serializer's own encoder.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(Significant)])]
[JsonSerializable(typeof(PageData))]
internal sealed partial class PageJson : JsonSerializerContext
{
    public static string Write(PageData data) => JsonSerializer.Serialize(data, Default.PageData);

    /// <summary>Five significant digits: histograms hold three.</summary>
    private sealed class Significant : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.ToString("G5", CultureInfo.InvariantCulture));
    }
}
