using WorkerRpc.Benchmarks.Results.Pools;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>The answers from the pairs of a gate run.</summary>
internal sealed record GateResult
{
    /// <summary>The answers for the head, compared with the base: one for each case and metric.</summary>
    public required IReadOnlyList<Answer> Answers { get; init; }

    /// <summary>The answers for the control's cases without a delay, which are identical code. A flag here is a false alarm.</summary>
    public required IReadOnlyList<Answer> Identical { get; init; }

    /// <summary>The answer for the p50 of the control's delayed case; null if no pair was measured.</summary>
    public required Answer? Slowed { get; init; }

    /// <summary>Whether identical code has no flag.</summary>
    public bool IsIdenticalSilent => !Identical.Any(answer => answer.IsFlag);

    /// <summary>Whether the delayed case was flagged as slower.</summary>
    public bool IsSlowedFound => Slowed?.Judgement == Judgement.Slower;

    /// <summary>Whether a second batch of pairs is needed: to confirm a flag, or to repeat a control that failed.</summary>
    public bool HasToBeConfirmed => Answers.Any(answer => answer.IsFlag) || !IsIdenticalSilent || !IsSlowedFound;

    /// <summary>Decides a gate run from its pairs.</summary>
    /// <param name="cases">The short names of the cases.</param>
    /// <param name="slowed">The short name of the control's delayed case.</param>
    /// <param name="first">The first batch.</param>
    /// <param name="second">The second batch; empty if there was nothing to confirm.</param>
    /// <param name="seed">The seed of the flips.</param>
    public static GateResult Of(IReadOnlyList<string> cases, string slowed, IReadOnlyList<Pair> first, IReadOnlyList<Pair> second, int seed)
    {
        var rule = new DecisionRule(cases, Metric.All);
        var identical = new DecisionRule([.. cases.Where(name => name != slowed)], Metric.All);
        // The delay is real, so it needs no confirmation. All pairs together are most likely to detect it.
        Pair[] all = [.. first, .. second];
        return new GateResult
        {
            Answers = rule.Decide(Each(first, HeadOf), Each(second, HeadOf), seed),
            Identical = identical.Decide(Each(first, ControlOf), Each(second, ControlOf), seed),
            Slowed = rule.Decide(Each(all, ControlOf), seed)
                .FirstOrDefault(answer => answer.Case == slowed && answer.Metric == Metric.P50),
        };
    }

    /// <summary>The base and the head of a pair.</summary>
    public static Pairing HeadOf(Pair pair) => new(pair.Base, pair.Head);

    /// <summary>The base and the control of a pair.</summary>
    public static Pairing ControlOf(Pair pair) => new(pair.Base, pair.Control);

    private static Pairing[] Each(IEnumerable<Pair> pairs, Func<Pair, Pairing> side) => [.. pairs.Select(side)];
}
