using WorkerRpc.Benchmarks.Analysis.Advice;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Documents;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>The verdict at the top of the page: whether delegation is fast enough, and which method to choose.</summary>
/// <param name="State">The run's verdict, one of the texts in <see cref="PageState"/>; "none" if no case decides the verdict.</param>
/// <param name="Methods">The methods whose cases decide the verdict.</param>
/// <param name="Decided">The number of deciding cases whose verdict is the run's verdict.</param>
/// <param name="Deciding">The number of cases that decide the verdict.</param>
/// <param name="Sentence">The verdict in a sentence.</param>
/// <param name="Failures">What failed: cases and launches, each with its error message.</param>
/// <param name="Quantiles">For each quantile, the overhead of the worst deciding case.</param>
/// <param name="Ranked">The methods that stay within the limits, the fastest first.</param>
/// <param name="Recommendation">The lines of the recommendation.</param>
/// <param name="Places">The fastest methods for each place that the runtime can have; empty if that makes no difference.</param>
internal sealed record PageVerdict(
    string State,
    IReadOnlyList<string> Methods,
    int Decided,
    int Deciding,
    string Sentence,
    IReadOnlyList<string> Failures,
    IReadOnlyList<PageWorst> Quantiles,
    IReadOnlyList<PageChoice> Ranked,
    IReadOnlyList<string> Recommendation,
    IReadOnlyList<PagePlace> Places)
{
    public static PageVerdict Of(RunAnalysis analysis)
    {
        RunVerdict verdict = analysis.Verdict;
        return new PageVerdict(
            verdict.Run is { } run ? PageState.Of(run) : PageState.None,
            [.. verdict.Deciding.Select(one => one.Case.Id.Method).Distinct()],
            verdict.Deciding.Count(one => one.Viability == verdict.Run),
            verdict.Deciding.Count,
            VerdictSentence.Of(verdict),
            [.. analysis.Report.Failures],
            [.. Quantile.Limited.Select(quantile => PageWorst.Of(verdict, quantile)).OfType<PageWorst>()],
            analysis.Recommendation.ByLatency is { } ranking ? PageChoice.All(ranking, analysis.Recommendation.Fitting) : [],
            RecommendationText.Lines(analysis),
            [.. analysis.Recommendation.ByReach.Select(one => new PagePlace(
                RecommendationText.Place(one.Reach), [.. one.Ranking?.Cheapest.Select(method => method.Method) ?? []]))]);
    }
}

/// <summary>The fastest methods for a place of the runtime.</summary>
/// <param name="Where">The place: "in one process".</param>
/// <param name="Methods">The ids of the methods. Empty if no method that is known to fit reaches so far.</param>
internal sealed record PagePlace(string Where, IReadOnlyList<string> Methods);

/// <summary>A method whose cases all stay within the limits.</summary>
/// <param name="Method">The method's id.</param>
/// <param name="P50">The geometric mean of the method's p50s, in ns, over the cases that all methods in the ranking have.</param>
/// <param name="IsFastest">Whether no other method is certainly faster.</param>
/// <param name="Stalls">A sentence about calls that stall, or null if they do not.</param>
internal sealed record PageChoice(string Method, PageFigure P50, bool IsFastest, string? Stalls)
{
    public static IReadOnlyList<PageChoice> All(Ranking ranking, IReadOnlyList<Candidate> fitting)
    {
        IReadOnlyList<RankedMethod> fastest = ranking.Cheapest;
        return
        [
            .. ranking.Ordered.Select(one => new PageChoice(
                one.Method,
                PageFigure.Of(one.Figure),
                fastest.Contains(one),
                RecommendationText.Stalls(fitting.First(candidate => candidate.Method == one.Method)))),
        ];
    }
}

/// <summary>
/// For one quantile, the deciding case that exceeds its limit most. If no case exceeds its limit, the case that is closest to its limit.
/// </summary>
/// <param name="Quantile">The quantile's name.</param>
/// <param name="Case">The case's short name.</param>
/// <param name="Overhead">The overhead of the case, in ns.</param>
/// <param name="LimitNs">The limit on the overhead, in ns.</param>
internal sealed record PageWorst(string Quantile, string Case, PageFigure Overhead, double LimitNs)
{
    public static PageWorst? Of(RunVerdict verdict, Quantile quantile) => verdict.Tightest(quantile) is { } tightest
        ? new PageWorst(quantile.Name, tightest.Case.Id.ToString(), PageFigure.Of(tightest.Limit.Figure), tightest.Limit.LimitNs)
        : null;
}

/// <summary>The states of a row. The page colours and filters rows by their state.</summary>
internal static class PageState
{
    public const string None = "none", Failed = "failed", NotWarm = "not warm";

    public static string Of(Viability viability) => CaseVerdict.Words(viability);

    /// <summary>Returns the state of a case. A failed or cold case is "failed" or "not warm", whatever its verdict.</summary>
    public static string Of(CaseSummary one, RunVerdict verdict) =>
        one.Failed ? Failed : !one.Warmth.IsWarm ? NotWarm : verdict.Of(one) is { } judged ? Of(judged.Viability) : None;
}
