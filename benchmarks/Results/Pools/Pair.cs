namespace WorkerRpc.Benchmarks.Results.Pools;

/// <summary>
/// What processes that were alive together measured, taking turns: one of the base commit, one of the head, and one
/// more of the base, the control.
/// </summary>
public sealed record Pair
{
    /// <summary>Its number, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>What the control's calls of one case were slowed by.</summary>
    public required Injection Injection { get; init; }

    /// <summary>Whether all processes kept to one processor.</summary>
    public required bool OnOneProcessor { get; init; }

    /// <summary>The base's figures, by a case's short name.</summary>
    public required IReadOnlyDictionary<string, CaseFigures> Base { get; init; }

    /// <summary>The head's figures, by a case's short name.</summary>
    public required IReadOnlyDictionary<string, CaseFigures> Head { get; init; }

    /// <summary>The control's figures, by a case's short name.</summary>
    public required IReadOnlyDictionary<string, CaseFigures> Control { get; init; }
}

/// <summary>A regression of known size that a process is given.</summary>
/// <param name="Case">The short name of the case that is slowed.</param>
/// <param name="Share">What each call is slowed by, as a share of the base's p50; null where it is a time.</param>
/// <param name="Ns">What a slowed call is slowed by, in ns; null where it is a share.</param>
/// <param name="Every">One call in so many is slowed; 1 for each.</param>
public sealed record Injection(string Case, double? Share, double? Ns, int Every)
{
    /// <summary>Each call takes longer by a share of the base's p50.</summary>
    public static Injection OfP50(string name, double share) => new(name, share, null, 1);

    /// <summary>Some calls take longer by a time.</summary>
    public static Injection OfSome(string name, int every, double ns) => new(name, null, ns, every);

    /// <summary>What a slowed call is slowed by.</summary>
    /// <param name="baseP50Ns">The base's p50, in ns.</param>
    public double DelayNs(double baseP50Ns) => Ns ?? (Share!.Value * baseP50Ns);

    /// <summary>What it is, in words.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Case}: {(Every == 1 ? "each call" : $"one call in {Every}")} +{(Share is { } share ? $"{100 * share:0} % of p50" : Format.Duration(Ns!.Value))}");
}
