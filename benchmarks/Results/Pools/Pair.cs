namespace WorkerRpc.Benchmarks.Results.Pools;

/// <summary>
/// The figures of three processes that were alive together and measured in alternation: the base commit, the head commit, and the
/// control, which is the base commit with one case delayed.
/// </summary>
public sealed record Pair
{
    /// <summary>The pair's number, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The delay that the control added to the calls of one case.</summary>
    public required Injection Injection { get; init; }

    /// <summary>Whether all processes were pinned to one processor.</summary>
    public required bool OnOneProcessor { get; init; }

    /// <summary>The base's figures, by the short name of the case.</summary>
    public required IReadOnlyDictionary<string, CaseFigures> Base { get; init; }

    /// <summary>The head's figures, by the short name of the case.</summary>
    public required IReadOnlyDictionary<string, CaseFigures> Head { get; init; }

    /// <summary>The control's figures, by the short name of the case.</summary>
    public required IReadOnlyDictionary<string, CaseFigures> Control { get; init; }
}

/// <summary>A regression of known size: a delay that one process adds to the calls of one case.</summary>
/// <param name="Case">The short name of the delayed case.</param>
/// <param name="Share">The delay as a share of the base's p50; null if the delay is a time.</param>
/// <param name="Ns">The delay in ns; null if the delay is a share.</param>
/// <param name="Every">The calls per delayed call: 1 delays every call, 50 delays one call in 50.</param>
public sealed record Injection(string Case, double? Share, double? Ns, int Every)
{
    /// <summary>Delays every call by a share of the base's p50.</summary>
    public static Injection OfP50(string name, double share) => new(name, share, null, 1);

    /// <summary>Delays one call in <paramref name="every"/> by a time in ns.</summary>
    public static Injection OfSome(string name, int every, double ns) => new(name, null, ns, every);

    /// <summary>The delay of a call, in ns, for a base whose p50 is <paramref name="baseP50Ns"/>.</summary>
    public double DelayNs(double baseP50Ns) => Ns ?? (Share!.Value * baseP50Ns);

    /// <summary>The injection in words: <c>service-binding/echo/1KB: each call +10 % of p50</c>.</summary>
    public override string ToString()
    {
        string calls = Every == 1 ? "each call" : FormattableString.Invariant($"one call in {Every}");
        string delay = Share is { } share ? FormattableString.Invariant($"{100 * share:0} % of p50") : Format.Duration(Ns!.Value);
        return $"{Case}: {calls} +{delay}";
    }
}
