namespace WorkerRpc.CapnWeb.Values;

/// <summary>
/// A JavaScript date that <see cref="DateTimeOffset"/> cannot hold: an invalid date, or one outside the years 1 to 9999.
/// </summary>
/// <param name="Milliseconds">Since 1970-01-01 UTC, within ±8.64e15. Null for an invalid date.</param>
public sealed record RpcDate(long? Milliseconds)
{
    /// <summary>JavaScript's <c>Invalid Date</c>.</summary>
    public static readonly RpcDate Invalid = new((long?)null);
}
