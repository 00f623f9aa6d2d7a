using WorkerRpc.Benchmarks.Results.Pools;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>The answers of a gate run, decided from its pairs.</summary>
internal sealed record GateResult
{
    /// <summary>The answers for the head commit compared with the base commit: one for each case and metric.</summary>
    public required IReadOnlyList<Answer> Answers { get; init; }

    /// <summary>The answers for the head commit compared with an older release. Empty if none was measured.</summary>
    public required IReadOnlyList<Answer> AgainstRelease { get; init; }

    /// <summary>The tests that the first batch suspected of a change.</summary>
    public required IReadOnlyList<Suspect> Suspects { get; init; }

    /// <summary>Whether more pairs of the second batch can change the answers. See <see cref="DecisionRule.NeedsMorePairs"/>.</summary>
    public required bool NeedsMorePairs { get; init; }

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

    /// <summary>Whether the control did what it has to: it reported the known delay and nothing else.</summary>
    public bool IsControlWorking => IsIdenticalSilent && IsSlowedFound;

    /// <summary>Computes the answers of a gate run.</summary>
    /// <param name="cases">The short names of the cases.</param>
    /// <param name="slowed">The short name of the control's delayed case.</param>
    /// <param name="first">The pairs of the first batch.</param>
    /// <param name="second">The pairs of the second batch; the list is empty if there was nothing to confirm.</param>
    /// <param name="seed">The seed of the random sign patterns.</param>
    public static GateResult Of(
        IReadOnlyList<string> cases,
        string slowed,
        IReadOnlyList<Pair> first,
        IReadOnlyList<Pair> second,
        int seed)
    {
        var rule = new DecisionRule(cases, Metric.All);
        IReadOnlyList<Suspect> suspects = rule.Suspects(Each(first, HeadOf));
        IReadOnlyList<Suspect> ofRelease = rule.Suspects(Each(first, ReleaseOf));
        return new GateResult
        {
            Suspects = [.. suspects.Union(ofRelease)],
            Answers = rule.Confirm(Each(first, HeadOf), suspects, Each(second, HeadOf), seed),
            NeedsMorePairs = rule.NeedsMorePairs(suspects, Each(second, HeadOf)) || rule.NeedsMorePairs(ofRelease, Each(second, ReleaseOf)),
            AgainstRelease = rule.Confirm(Each(first, ReleaseOf), ofRelease, Each(second, ReleaseOf), seed),
            Identical = IdenticalOf([.. cases.Where(name => name != slowed)]),
            // The control's delay is certain to exist, so a second batch does not have to confirm it. Test all pairs together, which
            // detects it best.
            Slowed = new DecisionRule([slowed], [Metric.P50]).Decide(Each([.. first, .. second], ControlOf), seed) is [var found, ..]
                ? found
                : null,
        };

        IReadOnlyList<Answer> IdenticalOf(string[] names)
        {
            var identical = new DecisionRule(names, Metric.All);
            Pairing[] batch = Each(first, ControlOf);
            IReadOnlyList<Answer> answers = identical.Decide(batch, seed);
            Suspect[] flagged = [.. answers.Where(answer => answer.IsFlag)
                .Select(answer => new Suspect(answer.Case, answer.Metric, answer.Judgement))];
            Pairing[] again = Each(second, ControlOf);
            return again.Length == 0 ? answers : identical.Confirm(batch, flagged, again, seed);
        }
    }

    /// <summary>Pairs the base's figures with the head's figures.</summary>
    public static Pairing? HeadOf(Pair pair) => new(pair.Base, pair.Head);

    /// <summary>Pairs the base's figures with the control's figures. Null if the pair has no control.</summary>
    public static Pairing? ControlOf(Pair pair) => pair.Control.Count > 0 ? new Pairing(pair.Base, pair.Control) : null;

    private static Pairing? ReleaseOf(Pair pair) => pair.Release is { } release ? new Pairing(release, pair.Head) : null;

    private static Pairing[] Each(IEnumerable<Pair> pairs, Func<Pair, Pairing?> side) => [.. pairs.Select(side).OfType<Pairing>()];
}
