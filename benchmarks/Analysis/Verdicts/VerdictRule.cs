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
        new(Cold) { IsFinal = true },
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

    private static IEnumerable<Objection> Cold(CaseSummary summary, IReadOnlyList<Limit> limits) =>
        summary.Warmth.IsCold ? [new Objection(Viability.NotKnown, summary.Warmth.Why)] : [];

    private static IEnumerable<Objection> BeyondLimits(CaseSummary summary, IReadOnlyList<Limit> limits) =>
        limits.Select(limit => Beyond(summary, limit)).OfType<Objection>();

    private static Objection? Beyond(CaseSummary summary, Limit limit)
    {
        string quantile = limit.Quantile.Label;
        if (limit.Figure.Judged() is not var (low, high))
        {
            return new Objection(Viability.NotKnown, $"{quantile} {limit.Figure.Withheld}");
        }

        string interval = $"{quantile} {limit.What} {Format.Duration(low)} – {Format.Duration(high)}";
        string bound = Format.Duration(limit.LimitNs);
        // The times of the case may change once more by as much as they changed within a pass.
        double drift = summary.Warmth.DriftShare * (summary.Latency[limit.Quantile].Judged()?.High ?? 0);
        return (low < limit.LimitNs) != (low - drift < limit.LimitNs) || (high < limit.LimitNs) != (high + drift < limit.LimitNs)
            ? new Objection(Viability.NotKnown, $"{summary.Warmth.Why}; so much more could take {interval} across {bound}")
            : high < limit.LimitNs ? null
            : low >= limit.LimitNs ? new Objection(Viability.NotViable, $"{interval} is not under {bound}")
            : new Objection(Viability.NotKnown, $"{interval} straddles {bound}");
    }
}
