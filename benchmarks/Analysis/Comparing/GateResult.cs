using WorkerRpc.Benchmarks.Results.Pools;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>The answers from the pairs of a gate run.</summary>
internal sealed record GateResult
{
    /// <summary>The head compared with the base: each case and metric.</summary>
    public required IReadOnlyList<Answer> Answers { get; init; }

    /// <summary>The control's undelayed cases compared with the base: identical code.</summary>
    public required IReadOnlyList<Answer> Identical { get; init; }

    /// <summary>The p50 of the control's delayed case compared with the base; null where no pair was measured.</summary>
    public required Answer? Slowed { get; init; }

    /// <summary>Whether no change of identical code was flagged.</summary>
    public bool IsIdenticalSilent => !Identical.Any(answer => answer.IsFlag);

    /// <summary>Whether the delayed case was flagged as slower.</summary>
    public bool IsSlowedFound => Slowed?.Judgement == Judgement.Slower;

    /// <summary>Whether a second batch of pairs has to confirm a flag, or has to show that a control failed by chance.</summary>
    public bool HasToBeConfirmed => Answers.Any(answer => answer.IsFlag) || !IsIdenticalSilent || !IsSlowedFound;

    /// <summary>Answers from pairs.</summary>
    /// <param name="cases">The short names of the cases.</param>
    /// <param name="slowed">The short name of the control's delayed case.</param>
    /// <param name="first">The first batch.</param>
    /// <param name="second">The second batch; empty where there was nothing to confirm.</param>
    /// <param name="seed">The seed of the flips.</param>
    public static GateResult Of(IReadOnlyList<string> cases, string slowed, IReadOnlyList<Pair> first, IReadOnlyList<Pair> second, int seed)
    {
        var rule = new DecisionRule(cases, Metric.All);
        var identical = new DecisionRule([.. cases.Where(name => name != slowed)], Metric.All);
        // A delay that is really there needs no confirmation: more pairs may find what a few miss.
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
