namespace WorkerRpc.Benchmarks.Results.Pools;

/// <summary>
/// The figures of processes that were measured together: while one makes calls, the others wait. They run the base commit, the head commit,
/// and perhaps the control (the base commit with added delays) and an older release.
/// </summary>
public sealed record Pair
{
    /// <summary>The pair's number, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The delay that the control process adds to calls. Null if the pair has no control.</summary>
    public required Injection? Injection { get; init; }

    /// <summary>Whether all processes could run only on one and the same processor.</summary>
    public required bool OnOneProcessor { get; init; }

    /// <summary>The time when the pair was complete; null in files of older programs.</summary>
    public DateTimeOffset? MeasuredAt { get; init; }

    /// <summary>The figures of the base commit. The key is the case's short name.</summary>
    public required IReadOnlyDictionary<string, CaseFigures> Base { get; init; }

    /// <summary>The figures of the head commit. The key is the case's short name.</summary>
    public required IReadOnlyDictionary<string, CaseFigures> Head { get; init; }

    /// <summary>The figures of the control; empty if there is none. The key is the case's short name.</summary>
    public required IReadOnlyDictionary<string, CaseFigures> Control { get; init; }

    /// <summary>The figures of an older release. The key is the case's short name. Null if the gate compares only with the base.</summary>
    public IReadOnlyDictionary<string, CaseFigures>? Release { get; init; }
}

/// <summary>A slowdown of known size: a delay that one process adds to calls.</summary>
/// <param name="Case">The short name of the delayed case; null if the calls of every case are delayed.</param>
/// <param name="Share">The delay as a share of the base's p50; null if the delay is given in ns.</param>
/// <param name="Ns">The delay in ns; null if the delay is given as a share.</param>
/// <param name="Every">The interval between delayed calls, in calls: 1 delays every call, 50 delays one call in 50.</param>
public sealed record Injection(string? Case, double? Share, double? Ns, int Every)
{
    /// <summary>Creates an injection that delays every call by a share of the base's p50.</summary>
    /// <param name="name">The short name of the delayed case; null for every case.</param>
    /// <param name="share">The share of the base's p50.</param>
    public static Injection OfP50(string? name, double share) => new(name, share, null, 1);

    /// <summary>Computes the delay of one call, in ns. The base's p50 is <paramref name="baseP50Ns"/>.</summary>
    public double DelayNs(double baseP50Ns) => Ns ?? (Share!.Value * baseP50Ns);

    /// <summary>Describes the delay as text: <c>service-binding/echo/1KB: each call +10 % of p50</c>.</summary>
    public override string ToString()
    {
        string calls = Every == 1 ? "each call" : FormattableString.Invariant($"one call in {Every}");
        string delay = Share is { } share ? FormattableString.Invariant($"{100 * share:0} % of p50") : Format.Duration(Ns!.Value);
        return $"{Case ?? "every case"}: {calls} +{delay}";
    }
}
