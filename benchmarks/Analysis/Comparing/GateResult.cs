using WorkerRpc.Benchmarks.Results.Pools;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>What a gate run's pairs say.</summary>
internal sealed record GateResult
{
    /// <summary>The head against the base: each case and metric.</summary>
    public required IReadOnlyList<Answer> Answers { get; init; }

    /// <summary>The cases of the control that run as they are, against the base, which they are identical to.</summary>
    public required IReadOnlyList<Answer> Identical { get; init; }

    /// <summary>The case of the control that was slowed, against the base: its p50. Null where no pair was measured.</summary>
    public required Answer? Slowed { get; init; }

    /// <summary>Whether identical code was called identical.</summary>
    public bool IsIdenticalSilent => !Identical.Any(answer => answer.IsFlag);

    /// <summary>Whether the control's slowed case was called slower.</summary>
    public bool IsSlowedFound => Slowed?.Judgement == Judgement.Slower;

    /// <summary>Whether there is something that a second batch of pairs has to confirm.</summary>
    public bool HasToBeConfirmed => Answers.Any(answer => answer.IsFlag) || !IsIdenticalSilent || !IsSlowedFound;

    /// <summary>Takes the answers from pairs.</summary>
    /// <param name="cases">The short names of the cases.</param>
    /// <param name="slowed">The short name of the case that the control was slowed in.</param>
    /// <param name="first">The first batch.</param>
    /// <param name="second">The pairs that confirm; empty where there was nothing to confirm.</param>
    /// <param name="seed">What the sign flips are drawn from.</param>
    public static GateResult Of(IReadOnlyList<string> cases, string slowed, IReadOnlyList<Pair> first, IReadOnlyList<Pair> second, int seed)
    {
        var rule = new DecisionRule(cases, Metric.All);
        var identical = new DecisionRule([.. cases.Where(name => name != slowed)], Metric.All);
        // What a few pairs miss, more may find; for what is there it takes no confirmation.
        Pair[] all = [.. first, .. second];
        return new GateResult
        {
            Answers = rule.Decide(Each(first, HeadOf), Each(second, HeadOf), seed),
            Identical = identical.Decide(Each(first, ControlOf), Each(second, ControlOf), seed),
            Slowed = rule.Decide(Each(all, ControlOf), seed).FirstOrDefault(answer => answer.Case == slowed && answer.Metric == Metric.P50),
        };
    }

    /// <summary>The head of a pair against its base.</summary>
    public static Pairing HeadOf(Pair pair) => new(pair.Base, pair.Head);

    /// <summary>The control of a pair against its base.</summary>
    public static Pairing ControlOf(Pair pair) => new(pair.Base, pair.Control);

    private static Pairing[] Each(IEnumerable<Pair> pairs, Func<Pair, Pairing> side) => [.. pairs.Select(side)];
}
