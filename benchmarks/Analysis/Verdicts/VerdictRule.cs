using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis.Verdicts;

/// <summary>A limit on one figure of a case.</summary>
/// <param name="Quantile">The quantile that the figure belongs to.</param>
/// <param name="What">The figure's name, such as <c>overhead</c>.</param>
/// <param name="Figure">The figure, in ns.</param>
/// <param name="LimitNs">The limit, in ns. The figure has to be less than this.</param>
internal sealed record Limit(Quantile Quantile, string What, Figure Figure, double LimitNs);

/// <summary>Why a case is not viable, or why its viability is unknown.</summary>
internal sealed record Objection(Viability Viability, string Reason);

/// <summary>A rule that can object to a case, so that the case is not called viable. To add a rule, add it to <see cref="All"/>.</summary>
/// <param name="Objections">
/// A function that returns the objections to a case with its limits. It returns none if the case passes the rule.
/// </param>
internal sealed record VerdictRule(Func<CaseSummary, IReadOnlyList<Limit>, IEnumerable<Objection>> Objections)
{
    /// <summary>All rules, in the order in which a case is checked.</summary>
    public static readonly IReadOnlyList<VerdictRule> All =
    [
        new(Failed) { IsFinal = true },
        // Check for a cold case before the limits: its figures include JIT compilation, so they cannot be compared with a limit.
        new(NotWarm) { IsFinal = true },
        new(BeyondLimits),
    ];

    /// <summary>Whether an objection of this rule is final: later rules are then skipped.</summary>
    public bool IsFinal { get; init; }

    /// <summary>Judges a case by all rules. The worst objection determines the verdict. A case without objections is viable.</summary>
    public static CaseVerdict Judge(CaseSummary summary, IReadOnlyList<Limit> limits)
    {
        var objections = new List<Objection>();
        foreach (VerdictRule rule in All)
        {
            objections.AddRange(rule.Objections(summary, limits));
            if (rule.IsFinal && objections.Count > 0)
            {
                break;
            }
        }

        return new CaseVerdict(
            summary,
            objections.Select(objection => objection.Viability).DefaultIfEmpty(Viability.Viable).Max(),
            string.Join("; ", objections.Select(objection => objection.Reason)));
    }

    private static IEnumerable<Objection> Failed(CaseSummary summary, IReadOnlyList<Limit> limits) =>
        summary.Failed ? [new Objection(Viability.NotKnown, summary.Notes[0])] : [];

    private static IEnumerable<Objection> NotWarm(CaseSummary summary, IReadOnlyList<Limit> limits) =>
        summary.Warmth.IsWarm ? [] : [new Objection(Viability.NotKnown, summary.Warmth.Why)];

    private static IEnumerable<Objection> BeyondLimits(CaseSummary summary, IReadOnlyList<Limit> limits) =>
        limits.Select(Beyond).OfType<Objection>();

    private static Objection? Beyond(Limit limit)
    {
        string quantile = limit.Quantile.Name;
        if (limit.Figure.Judged() is not var (low, high))
        {
            return new Objection(Viability.NotKnown, $"{quantile} {limit.Figure.Withheld}");
        }

        string interval = $"{quantile} {limit.What} {Format.Duration(low)} – {Format.Duration(high)}";
        string bound = Format.Duration(limit.LimitNs);
        return high < limit.LimitNs ? null
            : low >= limit.LimitNs ? new Objection(Viability.NotViable, $"{interval} is not under {bound}")
            : new Objection(Viability.NotKnown, $"{interval} straddles {bound}");
    }
}
