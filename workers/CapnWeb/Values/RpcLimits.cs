namespace WorkerRpc.CapnWeb.Values;

/// <summary>
/// What a session takes from a peer at most. Each setting says what happens beyond it; none is enforced by ceasing to read.
/// </summary>
public sealed record RpcLimits
{
    /// <summary>Accepted values of <see cref="MaxMessageSize"/>.</summary>
    public static readonly RpcBounds MessageSizeBounds = new(64, 1 << 30, "UTF-16 code units a message");

    /// <summary>Accepted values of <see cref="MaxDepth"/>.</summary>
    public static readonly RpcBounds DepthBounds = new(1, 256, "levels of nesting");

    /// <summary>Accepted values of <see cref="MaxBigIntDigits"/>.</summary>
    public static readonly RpcBounds BigIntDigitsBounds = new(1, 1 << 20, "characters of a bigint");

    /// <summary>Accepted values of the table limits, the calls and the pushes.</summary>
    public static readonly RpcBounds CountBounds = new(1, int.MaxValue, "entries");

    /// <summary>Accepted values of <see cref="MaxMapWork"/>.</summary>
    public static readonly RpcBounds MapWorkBounds = new(1, int.MaxValue, "instructions a map");

    /// <summary>Accepted values of <see cref="MaxUnsentBytes"/>.</summary>
    public static readonly RpcBounds UnsentBytesBounds = new(1 << 10, int.MaxValue, "bytes");

    /// <summary>The limits of a session that sets none.</summary>
    public static RpcLimits Default { get; } = new();

    /// <summary>For text of our own, or scanned before: only its depth can still be too great.</summary>
    internal static RpcLimits Trusted { get; } = new() { MaxBigIntDigits = BigIntDigitsBounds.Max, MaxReferences = CountBounds.Max };

    /// <summary>Length of one message, counted before it is parsed. Beyond: abort with a TypeError.</summary>
    public int MaxMessageSize { get; init => field = MessageSizeBounds.Check(value, nameof(MaxMessageSize)); } = 32 << 20;

    /// <summary>
    /// Nesting of a value, where a pushed or resolved expression is at 0 and an argument at 1: a value at this depth is
    /// refused. Receiving: abort with a TypeError. Sending: the call or result fails.
    /// </summary>
    public int MaxDepth { get; init => field = DepthBounds.Check(value, nameof(MaxDepth)); } = 256;

    /// <summary>Characters of a bigint, its minus sign included. Beyond: abort with a TypeError.</summary>
    public int MaxBigIntDigits { get; init => field = BigIntDigitsBounds.Check(value, nameof(MaxBigIntDigits)); } = 16_384;

    /// <summary>References in one message: stubs, promises and calls. Beyond: abort with a RangeError.</summary>
    public int MaxReferences { get; init => field = CountBounds.Check(value, nameof(MaxReferences)); } = 65_536;

    /// <summary>Entries of the import table, so stubs that the peer has given us. Beyond: abort.</summary>
    public int MaxImports { get; init => field = CountBounds.Check(value, nameof(MaxImports)); } = 100_000;

    /// <summary>Entries of the export table, so what the peer's pushes and our stubs hold. Beyond: abort.</summary>
    public int MaxExports { get; init => field = CountBounds.Check(value, nameof(MaxExports)); } = 100_000;

    /// <summary>The peer's calls that have begun and not finished. Beyond: the call is rejected with a RangeError.</summary>
    public int MaxCallsInFlight { get; init => field = CountBounds.Check(value, nameof(MaxCallsInFlight)); } = 10_000;

    /// <summary>The peer's pushes that it has neither pulled nor released. Beyond: abort.</summary>
    public int MaxUnpulledPushes { get; init => field = CountBounds.Check(value, nameof(MaxUnpulledPushes)); } = 50_000;

    /// <summary>Instructions that one map runs, nested maps included; a long one counts once more for each KiB of its text. Beyond: the map is rejected with a RangeError.</summary>
    public int MaxMapWork { get; init => field = MapWorkBounds.Check(value, nameof(MaxMapWork)); } = 100_000;

    /// <summary>Bytes that wait for the transport to take them. Beyond: abort, for the peer does not read.</summary>
    public int MaxUnsentBytes { get; init => field = UnsentBytesBounds.Check(value, nameof(MaxUnsentBytes)); } = 256 << 20;
}
