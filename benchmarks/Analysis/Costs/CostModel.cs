using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis.Costs;

/// <summary>The distance between a case's p50 and the time that the fitted line gives for its payload.</summary>
/// <param name="Case">The case.</param>
/// <param name="Relative">The distance as a share of the p50. It is above 0 if the call takes longer than the line says.</param>
internal sealed record Residual(CaseSummary Case, double Relative)
{
    public override string ToString() => FormattableString.Invariant($"{Case.Id.Payload} {Relative * 100:+0;-0;0} %");
}

/// <summary>
/// How the call time of a method and function depends on the payload size: a fixed cost and a cost per KB. The p50s of each launch give one
/// line. If a line does not fit the measured p50s, reports show the reason instead of the line.
/// </summary>
internal sealed class CostModel
{
    /// <summary>
    /// The least number of payload sizes for fitting a line. A line fits any two sizes exactly, so two sizes prove nothing.
    /// </summary>
    public const int MinSizes = 3;

    /// <summary>
    /// The greatest accepted distance between a size's p50 and the line, as a share of the p50. A greater distance is also accepted if the
    /// line passes through the range of the launches' p50s. R² is not used: it is near 0 for a method whose time does not depend on the
    /// payload, and near 1 if the largest size alone determines the line.
    /// </summary>
    public const double MaxResidual = 0.25;

    /// <summary>The number of bytes in a KB, as in the labels of payloads.</summary>
    public const double BytesOfKb = 1_000;

    private CostModel(IReadOnlyList<CaseSummary> cases)
    {
        (Method, Function) = (cases[0].Id.Method, cases[0].Id.Function);
        Cases = [.. cases.Where(one => !one.Failed && one.Warmth.IsWarm && one.P50.Value > 0)];
        string[] omitted = [.. cases.Except(Cases).Select(one => $"{one.Id.Payload} is left out: {WhyOmitted(one)}")];
        bool hasSizes = Cases.DistinctBy(one => one.PayloadBytes).Count() >= MinSizes;
        Dictionary<int, CostLine> lines = hasSizes ? Fit(Cases) : [];
        if (lines.Count == 0)
        {
            Note = string.Join("; ", omitted.Prepend(hasSizes
                ? "no line: no launch measured every size"
                : FormattableString.Invariant($"no line: needs {MinSizes} payload sizes, {Cases.Count} can be used")));
            return;
        }

        var fixedNs = Figure.Of(lines.Values.Select(line => line.FixedNs));
        var perKbNs = Figure.Of(lines.Values.Select(line => line.PerKbNs));
        var whole = new CostLine(fixedNs.Value!.Value, perKbNs.Value!.Value);
        Residuals = [.. Cases.Select(one => new Residual(one, 1 - (whole.AtNs(Kb(one)) / one.P50.Value!.Value)))];
        RSquared = RSquaredOf(whole, Cases);
        if (Misfit(whole, fixedNs, perKbNs) is { } misfit)
        {
            Note = string.Join("; ", omitted.Prepend(misfit));
            return;
        }

        IEnumerable<string> excused = Far.Select(residual => $"{residual} lies within the range of its launches");
        (Fixed, PerKb, Lines, Note) = (fixedNs, perKbNs, lines, string.Join("; ", excused.Concat(omitted)));
    }

    public string Method { get; }

    public string Function { get; }

    /// <summary>The cases that the line is fitted to. Each of them is warm, has no failure, and has a known p50.</summary>
    public IReadOnlyList<CaseSummary> Cases { get; }

    /// <summary>The time of a call without payload, in ns.</summary>
    public Figure Fixed { get; } = Figure.Unknown("–");

    /// <summary>The time that each KB of payload adds, in ns.</summary>
    public Figure PerKb { get; } = Figure.Unknown("–");

    /// <summary>The share of the variance of all launches' p50s that the line explains (R²). Null if no line fits.</summary>
    public double? RSquared { get; }

    /// <summary>The distance between each size's p50 and the line. The list is empty if no line fits.</summary>
    public IReadOnlyList<Residual> Residuals { get; } = [];

    /// <summary>The greatest distance between a p50 and the line, above or below the line, with its case.</summary>
    public Residual? Worst => Residuals.MaxBy(residual => Math.Abs(residual.Relative));

    /// <summary>Why no line is shown, which sizes are far from the line, and which sizes were not used.</summary>
    public string Note { get; }

    /// <summary>The line of each launch; the key is the launch's number. The dictionary is empty if no line fits.</summary>
    public IReadOnlyDictionary<int, CostLine> Lines { get; } = new Dictionary<int, CostLine>();

    /// <summary>The smallest and the largest fitted payload size, in KB. The line is valid between them.</summary>
    public (double Min, double Max) SpanKb => (Cases.Min(Kb), Cases.Max(Kb));

    private IEnumerable<Residual> Far => Residuals.Where(residual => Math.Abs(residual.Relative) > MaxResidual);

    /// <summary>Computes the models of all methods and functions, in the order of the cases.</summary>
    /// <param name="cases">The cases of the delegating methods.</param>
    public static IReadOnlyList<CostModel> All(IEnumerable<CaseSummary> cases) =>
        [.. cases.GroupBy(one => (one.Id.Method, one.Id.Function)).Select(group => new CostModel([.. group]))];

    private static double Kb(CaseSummary summary) => summary.PayloadBytes / BytesOfKb;

    private static string? WhyOmitted(CaseSummary summary) =>
        summary.Launches == 0 ? "not measured"
        : summary.Failed ? "failed"
        : summary.Warmth.IsWarm ? summary.P50.Withheld
        : "not warm";

    // Fits a line for each launch that measured all sizes. Other launches are skipped, because a line without one of the sizes is not
    // comparable.
    private static Dictionary<int, CostLine> Fit(IReadOnlyList<CaseSummary> cases) => cases[0].P50ByLaunch.Keys
        .Where(launch => cases.All(one => one.P50ByLaunch.TryGetValue(launch, out double ns) && ns > 0))
        .ToDictionary(launch => launch, launch => CostLine.Fit([.. cases.Select(one => (Kb(one), one.P50ByLaunch[launch]))]));

    private static double? RSquaredOf(CostLine line, IReadOnlyList<CaseSummary> cases)
    {
        (double Kb, double Ns)[] points = [.. cases.SelectMany(one => one.P50ByLaunch.Values.Select(ns => (Kb(one), ns)))];
        double mean = points.Average(point => point.Ns);
        double variance = points.Sum(point => Math.Pow(point.Ns - mean, 2));
        return variance > 0 ? 1 - (points.Sum(point => Math.Pow(point.Ns - line.AtNs(point.Kb), 2)) / variance) : null;
    }

    // Returns the reason why the line does not fit, or null if it fits. If a cost is below 0 in each launch, the times do not form a line.
    private string? Misfit(CostLine line, Figure fixedNs, Figure perKbNs)
    {
        if (perKbNs.Judged()!.Value.High < 0)
        {
            return $"no line: the time falls as the payload grows, by {Format.Duration(-line.PerKbNs)} a KB";
        }

        if (fixedNs.Judged()!.Value.High < 0)
        {
            return $"no line: it would cost {FigureFormat.Duration(fixedNs)} to carry nothing";
        }

        Residual? worst = Far.Where(residual => !IsWithinLaunches(line, residual.Case)).MaxBy(residual => Math.Abs(residual.Relative));
        return worst is { Case: var far }
            ? $"no line: {far.Id.Payload} takes {FigureFormat.Duration(far.P50)}, "
                + $"on the line it would be {Format.Duration(line.AtNs(Kb(far)))}"
            : null;
    }

    private static bool IsWithinLaunches(CostLine line, CaseSummary summary) =>
        summary.P50 is { Low: { } low, High: { } high }
        && line.AtNs(Kb(summary)) is var ns
        && low <= ns && ns <= high;
}
