using WorkerRpc.Benchmarks.Analysis.Advice;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Presenting.Documents;

/// <summary>
/// Writes a recommendation in lines. The first line names the latency budget and the methods that stay within the budget.
/// </summary>
internal static class RecommendationText
{
    private const int MaxNamedCases = 3;

    /// <summary>All lines of the recommendation.</summary>
    public static IReadOnlyList<string> Lines(RunAnalysis analysis) => Lines(analysis, MaxNamedCases, int.MaxValue);

    /// <summary>The recommendation, shortened for a screen. One line for each method over the budget names one of its cases.</summary>
    /// <param name="analysis">The analysis of the run.</param>
    /// <param name="maxUnfit">The largest number of lines about methods that exceed the budget.</param>
    public static IReadOnlyList<string> ShortLines(RunAnalysis analysis, int maxUnfit) => Lines(analysis, maxNamedCases: 1, maxUnfit);

    private static IReadOnlyList<string> Lines(RunAnalysis analysis, int maxNamedCases, int maxUnfit)
    {
        Recommendation recommendation = analysis.Recommendation;
        if (recommendation.Candidates.Count == 0)
        {
            return ["Recommendation: none. No method that delegates was measured."];
        }

        string[] fitting = [.. recommendation.Fitting.Select(candidate => candidate.Method)];
        string fit = fitting.Length == 0
            ? "no method is known to fit"
            : $"{Listed(fitting)} fit{(fitting.Length == 1 ? "s" : "")}";
        return
        [
            $"Recommendation for {recommendation.Budget.Words(analysis.Verdict.Thresholds)}: {fit}.",
            .. recommendation.Fitting.Select(Stalls).OfType<string>(),
            .. Capped(
                [
                    .. Unfit(recommendation, Viability.NotViable, "does not fit", maxNamedCases),
                    .. Unfit(recommendation, Viability.NotKnown, "not known to fit, left out", maxNamedCases),
                ],
                maxUnfit),
            .. fitting.Length == 0 ? [] : Cheapest(recommendation),
        ];
    }

    /// <summary>The sentence without which a method whose calls stall is not recommended. Null if its calls do not stall.</summary>
    public static string? Stalls(Candidate candidate)
    {
        if (candidate.Stalling is not [var worst, ..] all)
        {
            return null;
        }

        string more = all.Count > 1 ? FormattableString.Invariant($"; {all.Count - 1} more of its cases stall") : "";
        return $"but {candidate.Method} stalls: in {worst.Id.Function}/{worst.Id.Payload} {worst.Tail!.Words}{more}";
    }

    private static IEnumerable<string> Capped(string[] lines, int most) => lines.Length <= most
        ? lines
        : lines.Take(most).Append(FormattableString.Invariant($"and {lines.Length - most} more in overhead.md"));

    private static IEnumerable<string> Unfit(Recommendation recommendation, Viability viability, string what, int maxNamedCases) =>
        from candidate in recommendation.Candidates
        where candidate.Viability == viability
        let unfit = candidate.Verdicts
            .Where(verdict => verdict.Viability != Viability.Viable)
            .OrderByDescending(verdict => verdict.Viability)
            .ToArray()
        let named = unfit.Take(maxNamedCases).Select(one => $"{one.Case.Id.Function}/{one.Case.Id.Payload}: {one.Reason}")
        let more = unfit.Length > maxNamedCases ? FormattableString.Invariant($"; and {unfit.Length - maxNamedCases} more") : ""
        select $"{what}: {candidate.Method} – {string.Join("; ", named)}{more}";

    private static IEnumerable<string> Cheapest(Recommendation recommendation)
    {
        string over = recommendation.SharedCount == 1
            ? ""
            : FormattableString.Invariant($", geometric mean of {recommendation.SharedCount} cases");
        return recommendation.SharedCount == 0
            ? ["cheapest: not known, no case was measured by all that fit"]
            :
            [
                .. recommendation.Rankings.Select(ranking => Line(ranking, "")),
                // In one process all that fit are compared, which the first line already says.
                .. recommendation.ByReach.Where(one => one.Reach != MethodReach.Process)
                    .Select(one => one.Ranking is { } ranking
                        ? Line(ranking, $" {Place(one.Reach)}")
                        : $"{Place(one.Reach)}: no method that is known to fit reaches so far"),
            ];

        string Line(Ranking ranking, string place) =>
            $"cheapest in {ranking.Quantity.Name}{place}{over}: {Words(ranking, Stalling(recommendation))}";
    }

    /// <summary>Says where caller and runtime are.</summary>
    public static string Place(MethodReach reach) => reach switch
    {
        MethodReach.Process => "in one process",
        MethodReach.Machine => "between two processes of a machine",
        _ => "between two machines",
    };

    private static HashSet<string> Stalling(Recommendation recommendation) =>
        [.. recommendation.Fitting.Where(candidate => candidate.Stalling.Count > 0).Select(candidate => candidate.Method)];

    private static string Words(Ranking ranking, HashSet<string> stalling)
    {
        if (ranking.Unknown is { } unknown)
        {
            return $"not known, {unknown.Method} is {unknown.Figure.Withheld}";
        }

        IReadOnlyList<RankedMethod> ordered = ranking.Ordered;
        IReadOnlyList<RankedMethod> cheapest = ranking.Cheapest;
        return ordered.Count == 1 ? $"{Named(ordered[0])}, the only one that fits"
            : ranking.NextToCheapest is { Ratio.Withheld: { } withheld } ? $"not known, {withheld}"
            : cheapest.Count == 1
                ? $"{Named(ordered[0])}; next {Named(ordered[1])}, × {FigureFormat.Ratio(ranking.NextToCheapest.Ratio)} in the same launch"
            : $"not known, in the same launches {Listed(cheapest.Select(Named))} do not differ enough";

        string Named(RankedMethod one) =>
            $"{one.Method} {ranking.Quantity.Write(one.Figure)}{(stalling.Contains(one.Method) ? " (stalls)" : "")}";
    }

    private static string Listed(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length == 1 ? all[0] : $"{string.Join(", ", all[..^1])} and {all[^1]}";
    }
}
