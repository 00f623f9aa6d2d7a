namespace WorkerRpc.CapnWeb.Values;

/// <summary>
/// A JavaScript date outside the range of <see cref="DateTimeOffset"/>: an invalid date, or one outside the years 1 to 9999.
/// </summary>
/// <param name="Milliseconds">
/// The milliseconds since 1970-01-01 UTC, at most 8.64e15 in either direction. The number is null for an invalid date.
/// </param>
public sealed record RpcDate(long? Milliseconds)
{
    /// <summary>JavaScript's <c>Invalid Date</c>.</summary>
    public static readonly RpcDate Invalid = new((long?)null);
}
