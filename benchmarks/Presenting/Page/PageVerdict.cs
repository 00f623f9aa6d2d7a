using WorkerRpc.Benchmarks.Analysis;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>What stands on top of the page: whether delegation is cheap enough, and which method to choose.</summary>
/// <param name="State">One of <see cref="PageState"/>; "none" where nothing decides it.</param>
/// <param name="Methods">The methods whose cases decide it.</param>
/// <param name="Decided">How many of these cases are in that state.</param>
/// <param name="Deciding">How many there are.</param>
/// <param name="Sentence">The verdict, as every report says it.</param>
/// <param name="Quantiles">The overhead of the worst deciding cell, a quantile each.</param>
/// <param name="Ranked">The methods that fit, the fastest first.</param>
/// <param name="Recommendation">The recommendation, as every report says it.</param>
internal sealed record PageVerdict(
    string State, IReadOnlyList<string> Methods, int Decided, int Deciding, string Sentence, IReadOnlyList<PageWorst> Quantiles, IReadOnlyList<PageChoice> Ranked, IReadOnlyList<string> Recommendation)
{
    public static PageVerdict Of(Tables tables) => new(
        tables.Verdicts.Run is { } run ? PageState.Of(run) : PageState.None,
        [.. tables.Verdicts.Deciding.Select(cell => cell.Row.Id.Method).Distinct()],
        tables.Verdicts.Deciding.Count(cell => cell.Viability == tables.Verdicts.Run),
        tables.Verdicts.Deciding.Count,
        Screen.VerdictLine(tables),
        [.. Enum.GetValues<LimitedQuantile>().Select(quantile => PageWorst.Of(tables, quantile)).OfType<PageWorst>()],
        [.. Analysis.Recommendation.ByLatency(tables).Select(one => new PageChoice(one.Method, PageFigure.Of(one.P50), one.IsFastest))],
        Analysis.Recommendation.Of(tables));
}

/// <summary>A method that fits.</summary>
/// <param name="Method">Its id.</param>
/// <param name="P50">Its p50 over the cells that the recommendation is for.</param>
/// <param name="IsFastest">Whether no other is known to be faster.</param>
internal sealed record PageChoice(string Method, PageFigure P50, bool IsFastest);

/// <summary>The deciding cell that comes closest to its limit, or exceeds it most.</summary>
/// <param name="Quantile">Which quantile.</param>
/// <param name="Case">The cell's short name.</param>
/// <param name="Overhead">Its overhead.</param>
/// <param name="LimitNs">Its limit.</param>
internal sealed record PageWorst(string Quantile, string Case, PageFigure Overhead, double LimitNs)
{
    public static PageWorst? Of(Tables tables, LimitedQuantile quantile)
    {
        var thresholds = new Thresholds(tables.Report.Run.Thresholds);
        return (
            from cell in tables.Verdicts.Deciding
            let overhead = Overheads.Of(cell.Row, quantile)
            let limitNs = thresholds.LimitsNs(cell.Row.Id)[quantile]
            // What is not known comes first: it is what decides.
            orderby (overhead.Judged()?.High ?? double.MaxValue) / limitNs descending
            select new PageWorst(Overheads.Name(quantile), cell.Row.Id.ToString(), PageFigure.Of(overhead), limitNs)).FirstOrDefault();
    }
}

/// <summary>The overheads of a case by the quantile that a limit is on.</summary>
internal static class Overheads
{
    public static string Name(LimitedQuantile quantile) => quantile.ToString().ToLowerInvariant();

    public static Figure Of(CaseRow row, LimitedQuantile quantile) => quantile switch
    {
        LimitedQuantile.P50 => row.Overhead!.P50,
        LimitedQuantile.P95 => row.Overhead!.P95,
        _ => row.Overhead!.P99,
    };
}

/// <summary>How a row stands, by which the page marks and filters it.</summary>
internal static class PageState
{
    public const string None = "none", Failed = "failed", NotWarm = "not warm";

    public static string Of(Viability viability) => CellVerdict.Words(viability);

    /// <summary>The state of a case: what stands in the way of a verdict comes before it.</summary>
    public static string Of(CaseRow row, Verdicts verdicts) =>
        row.Failed ? Failed : !row.Warmth.IsWarm ? NotWarm : verdicts.Of(row) is { } cell ? Of(cell.Viability) : None;
}
