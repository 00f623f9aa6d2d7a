namespace WorkerRpc.CapnWeb.Values;

/// <summary>
/// A JavaScript date that no <see cref="DateTimeOffset"/> can hold: an invalid one, or one before year 1 or after 9999.
/// </summary>
/// <param name="Milliseconds">Since 1970-01-01 UTC, within ±8.64e15; null for an invalid date.</param>
public sealed record RpcDate(long? Milliseconds)
{
    /// <summary>The invalid date.</summary>
    public static readonly RpcDate Invalid = new((long?)null);
}
