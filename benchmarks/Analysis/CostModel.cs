using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis;

/// <summary>How far a size's p50 lies from the line, as a share of it.</summary>
/// <param name="Row">The case.</param>
/// <param name="Relative">Above 0 where the call takes longer than the line says.</param>
internal sealed record Residual(CaseRow Row, double Relative)
{
    public override string ToString() => FormattableString.Invariant($"{Row.Id.Payload} {Relative * 100:+0;-0;0} %");
}

/// <summary>
/// What a call of a method and function costs, whatever the payload: a fixed cost, and a cost a KB, fitted within each
/// launch over the p50s of the payload sizes. A line that the sizes do not follow is not printed.
/// </summary>
internal sealed class CostModel
{
    /// <summary>Two sizes lie on a line always.</summary>
    public const int MinSizes = 3;

    /// <summary>
    /// No size may be further from the line than this share of its p50, unless the line passes through the range of its
    /// launches. R² decides nothing: it is near 0 for a method that costs the same whatever it carries, however well the
    /// line fits, and near 1 where the largest size alone makes it.
    /// </summary>
    public const double MaxResidual = 0.25;

    /// <summary>As the labels of payloads count.</summary>
    public const double BytesOfKb = 1_000;

    private CostModel(IReadOnlyList<CaseRow> rows)
    {
        (Method, Function) = (rows[0].Id.Method, rows[0].Id.Function);
        // A figure about the compiler, or of the launches that did not fail, says nothing about the payload.
        Rows = [.. rows.Where(row => !row.Failed && row.Warmth.IsWarm && row.P50.Value > 0)];
        string[] left = [.. rows.Except(Rows).Select(row => $"{row.Id.Payload} is left out: {(row.Launches == 0 ? "not measured" : row.Failed ? "failed" : row.Warmth.IsWarm ? row.P50.Withheld : "not warm")}")];
        Dictionary<int, CostLine> lines = Rows.DistinctBy(row => row.PayloadBytes).Count() < MinSizes ? [] : Fit(Rows);
        if (lines.Count == 0)
        {
            Note = string.Join("; ", left.Prepend(Rows.DistinctBy(row => row.PayloadBytes).Count() < MinSizes
                ? FormattableString.Invariant($"no line: needs {MinSizes} payload sizes, {Rows.Count} can be used")
                : "no line: no launch measured every size"));
            return;
        }

        var fixedNs = Figure.Of(lines.Values.Select(line => line.FixedNs));
        var perKbNs = Figure.Of(lines.Values.Select(line => line.PerKbNs));
        var whole = new CostLine(fixedNs.Value!.Value, perKbNs.Value!.Value);
        Residuals = [.. Rows.Select(row => new Residual(row, 1 - (whole.AtNs(Kb(row)) / row.P50.Value!.Value)))];
        RSquared = RSquaredOf(whole, Rows);
        if (Misfit(whole, fixedNs, perKbNs) is { } misfit)
        {
            Note = string.Join("; ", left.Prepend(misfit));
            return;
        }

        IEnumerable<string> excused = Far.Select(residual => $"{residual} lies within the range of its launches");
        (Fixed, PerKb, Lines, Note) = (fixedNs, perKbNs, lines, string.Join("; ", excused.Concat(left)));
    }

    public string Method { get; }

    public string Function { get; }

    /// <summary>The cases that it is made from: warm, failed in no launch, and their p50 known.</summary>
    public IReadOnlyList<CaseRow> Rows { get; }

    /// <summary>What a call costs that carries nothing, in ns.</summary>
    public Figure Fixed { get; } = Figure.Unknown("–");

    /// <summary>What each KB of payload adds, in ns.</summary>
    public Figure PerKb { get; } = Figure.Unknown("–");

    /// <summary>The share of the variance of all launches' p50s that the line explains; null where there is none.</summary>
    public double? RSquared { get; }

    /// <summary>How far each size lies from the line; empty where there is none to lie on.</summary>
    public IReadOnlyList<Residual> Residuals { get; } = [];

    /// <summary>The greatest of them.</summary>
    public Residual? Worst => Residuals.MaxBy(residual => Math.Abs(residual.Relative));

    /// <summary>Why the line is not printed, which sizes it misses, and which it is not made from.</summary>
    public string Note { get; }

    /// <summary>Each launch's own line; empty where it is not printed.</summary>
    public IReadOnlyDictionary<int, CostLine> Lines { get; } = new Dictionary<int, CostLine>();

    private IEnumerable<Residual> Far => Residuals.Where(residual => Math.Abs(residual.Relative) > MaxResidual);

    /// <summary>The sizes between which it holds, in KB.</summary>
    public (double Min, double Max) SpanKb => (Rows.Min(Kb), Rows.Max(Kb));

    /// <summary>The models of a report's methods and functions, in its order.</summary>
    /// <param name="rows">The cases of the methods that delegate.</param>
    public static IReadOnlyList<CostModel> All(IEnumerable<CaseRow> rows) =>
        [.. rows.GroupBy(row => (row.Id.Method, row.Id.Function)).Select(group => new CostModel([.. group]))];

    private static double Kb(CaseRow row) => row.PayloadBytes / BytesOfKb;

    // A launch that lacks a size would be given another line than the others for that alone.
    private static Dictionary<int, CostLine> Fit(IReadOnlyList<CaseRow> rows) => rows[0].P50ByLaunch.Keys
        .Where(launch => rows.All(row => row.P50ByLaunch.TryGetValue(launch, out double ns) && ns > 0))
        .ToDictionary(launch => launch, launch => CostLine.Fit([.. rows.Select(row => (Kb(row), row.P50ByLaunch[launch]))]));

    private static double? RSquaredOf(CostLine line, IReadOnlyList<CaseRow> rows)
    {
        (double Kb, double Ns)[] points = [.. rows.SelectMany(row => row.P50ByLaunch.Values.Select(ns => (Kb(row), ns)))];
        double mean = points.Average(point => point.Ns);
        double variance = points.Sum(point => Math.Pow(point.Ns - mean, 2));
        return variance > 0 ? 1 - (points.Sum(point => Math.Pow(point.Ns - line.AtNs(point.Kb), 2)) / variance) : null;
    }

    // Less than nothing in every launch is what no call costs: the line bends the other way than costs do.
    private string? Misfit(CostLine line, Figure fixedNs, Figure perKbNs) =>
        perKbNs.Judged()!.Value.High < 0 ? $"no line: the time falls as the payload grows, by {Format.Duration(-line.PerKbNs)} a KB"
        : fixedNs.Judged()!.Value.High < 0 ? $"no line: it would cost {FigureFormat.Duration(fixedNs)} to carry nothing"
        : Far.Where(residual => !IsWithinLaunches(line, residual.Row)).MaxBy(residual => Math.Abs(residual.Relative)) is { } off
            ? FormattableString.Invariant($"no line: {off.Row.Id.Payload} takes {FigureFormat.Duration(off.Row.P50)}, on the line it would be {Format.Duration(line.AtNs(Kb(off.Row)))}")
        : null;

    private static bool IsWithinLaunches(CostLine line, CaseRow row) => row.P50 is { Low: { } low, High: { } high } && line.AtNs(Kb(row)) is var ns && low <= ns && ns <= high;
}

/// <summary>The payload from which on another method is the faster one, with one function, by the lines of both.</summary>
/// <param name="Function">The function.</param>
/// <param name="Smaller">The method that is faster with smaller payloads.</param>
/// <param name="Larger">The method that is faster with larger ones.</param>
/// <param name="AtBytes">Where the lines cross, in bytes, each launch's with each other.</param>
internal sealed record Crossover(string Function, string Smaller, string Larger, Figure AtBytes)
{
    /// <summary>
    /// The crossovers of a report, in its order: of each function's pairs of models whose lines cross, between the sizes
    /// that both were measured with, in more than half of the launches. Where they do not cross in all, it is not known.
    /// </summary>
    public static IReadOnlyList<Crossover> All(IReadOnlyList<CostModel> models) =>
    [
        .. from function in models.GroupBy(model => model.Function)
           from pair in function.SelectMany((one, index) => function.Skip(index + 1).Select(other => (One: one, Other: other)))
           from crossover in new[] { Of(pair.One, pair.Other), Of(pair.Other, pair.One) }
           where crossover is not null
           select crossover,
    ];

    // Null where the one is not the faster one with small payloads, and the other with large ones, in most launches.
    private static Crossover? Of(CostModel one, CostModel other)
    {
        int[] launches = [.. one.Lines.Keys.Intersect(other.Lines.Keys)];
        if (launches.Length == 0)
        {
            return null;
        }

        (double min, double max) = (Math.Max(one.SpanKb.Min, other.SpanKb.Min), Math.Min(one.SpanKb.Max, other.SpanKb.Max));
        double[] crossings =
        [
            .. from launch in launches
               let difference = new CostLine(one.Lines[launch].FixedNs - other.Lines[launch].FixedNs, one.Lines[launch].PerKbNs - other.Lines[launch].PerKbNs)
               where difference.AtNs(min) < 0 && difference.AtNs(max) > 0
               select -difference.FixedNs / difference.PerKbNs * CostModel.BytesOfKb,
        ];
        return crossings.Length * 2 <= launches.Length ? null : new Crossover(
            one.Function,
            one.Method,
            other.Method,
            crossings.Length == launches.Length
                ? Figure.Of(crossings)
                : Figure.Unknown(FormattableString.Invariant($"not known: they cross in {crossings.Length} of {launches.Length} launches")));
    }
}
