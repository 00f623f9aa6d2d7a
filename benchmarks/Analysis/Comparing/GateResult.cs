using WorkerRpc.Benchmarks.Results.Pools;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>The answers of a gate run, decided from its pairs.</summary>
internal sealed record GateResult
{
    /// <summary>The answers for the head commit compared with the base commit: one for each case and metric.</summary>
    public required IReadOnlyList<Answer> Answers { get; init; }

    /// <summary>
    /// The answers for those cases of the control that have no added delay. Base and control run identical code, so a reported change is a
    /// false alarm.
    /// </summary>
    public required IReadOnlyList<Answer> Identical { get; init; }

    /// <summary>The answer for the p50 of the one case that the control delays. Null if no pair was measured.</summary>
    public required Answer? Slowed { get; init; }

    /// <summary>Whether no change was reported between base and control, which run identical code.</summary>
    public bool IsIdenticalSilent => !Identical.Any(answer => answer.IsFlag);

    /// <summary>Whether the rule found that the control's delayed case is slower.</summary>
    public bool IsSlowedFound => Slowed?.Judgement == Judgement.Slower;

    /// <summary>Whether a second batch of pairs has to be measured: to confirm a change, or to repeat a self-check that failed.</summary>
    public bool HasToBeConfirmed => Answers.Any(answer => answer.IsFlag) || !IsIdenticalSilent || !IsSlowedFound;

    /// <summary>Computes the answers of a gate run.</summary>
    /// <param name="cases">The short names of the cases.</param>
    /// <param name="slowed">The short name of the control's delayed case.</param>
    /// <param name="first">The pairs of the first batch.</param>
    /// <param name="second">The pairs of the second batch; the list is empty if there was nothing to confirm.</param>
    /// <param name="seed">The seed of the random sign patterns.</param>
    public static GateResult Of(IReadOnlyList<string> cases, string slowed, IReadOnlyList<Pair> first, IReadOnlyList<Pair> second, int seed)
    {
        var rule = new DecisionRule(cases, Metric.All);
        var identical = new DecisionRule([.. cases.Where(name => name != slowed)], Metric.All);
        // The control's delay is certain to exist, so the second batch does not have to confirm it. Test all pairs together, which detects
        // it best.
        Pair[] all = [.. first, .. second];
        return new GateResult
        {
            Answers = rule.Decide(Each(first, HeadOf), Each(second, HeadOf), seed),
            Identical = identical.Decide(Each(first, ControlOf), Each(second, ControlOf), seed),
            Slowed = rule.Decide(Each(all, ControlOf), seed)
                .FirstOrDefault(answer => answer.Case == slowed && answer.Metric == Metric.P50),
        };
    }

    /// <summary>Pairs the base's figures with the head's figures.</summary>
    public static Pairing HeadOf(Pair pair) => new(pair.Base, pair.Head);

    /// <summary>Pairs the base's figures with the control's figures.</summary>
    public static Pairing ControlOf(Pair pair) => new(pair.Base, pair.Control);

    private static Pairing[] Each(IEnumerable<Pair> pairs, Func<Pair, Pairing> side) => [.. pairs.Select(side)];
}
