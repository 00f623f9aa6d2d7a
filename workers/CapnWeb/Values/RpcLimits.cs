namespace WorkerRpc.CapnWeb.Values;

/// <summary>Limits on what a session accepts from its peer. Each setting says what happens when the peer exceeds it.</summary>
public sealed record RpcLimits
{
    internal static readonly RpcBounds MessageSizeBounds = new(64, 1 << 30, "UTF-16 code units a message");

    internal static readonly RpcBounds DepthBounds = new(1, 256, "levels of nesting");

    internal static readonly RpcBounds BigIntDigitsBounds = new(1, 1 << 20, "characters of a bigint");

    /// <summary>Accepted values of the settings that count table entries, references, calls and pushes.</summary>
    internal static readonly RpcBounds CountBounds = new(1, int.MaxValue, "entries");

    internal static readonly RpcBounds MapWorkBounds = new(1, int.MaxValue, "instructions a map");

    internal static readonly RpcBounds UnsentBytesBounds = new(1 << 10, int.MaxValue, "bytes");

    /// <summary>The default limits.</summary>
    public static RpcLimits Default { get; } = new();

    /// <summary>For text that this library wrote, or has scanned before. Only its nesting is checked.</summary>
    internal static RpcLimits Trusted { get; } = new() { MaxBigIntDigits = BigIntDigitsBounds.Max, MaxReferences = CountBounds.Max };

    /// <summary>Length of a message, counted before it is parsed. A longer one aborts the session with a TypeError.</summary>
    public int MaxMessageSize { get; init => field = MessageSizeBounds.Check(value, nameof(MaxMessageSize)); } = 32 << 20;

    /// <summary>
    /// Nesting of a value. A pushed or resolved expression has depth 0, an argument depth 1. A received value at this depth aborts
    /// the session with a TypeError. A sent value at depth 256 fails its call.
    /// </summary>
    public int MaxDepth { get; init => field = DepthBounds.Check(value, nameof(MaxDepth)); } = 256;

    /// <summary>Characters of a bigint, including its minus sign. A longer one aborts the session with a TypeError.</summary>
    public int MaxBigIntDigits { get; init => field = BigIntDigitsBounds.Check(value, nameof(MaxBigIntDigits)); } = 16_384;

    /// <summary>References in one message: stubs, promises and calls. More abort the session with a RangeError.</summary>
    public int MaxReferences { get; init => field = CountBounds.Check(value, nameof(MaxReferences)); } = 65_536;

    /// <summary>References that the peer has given to this side. More abort the session with a RangeError.</summary>
    public int MaxImports { get; init => field = CountBounds.Check(value, nameof(MaxImports)); } = 100_000;

    /// <summary>Results and references that the peer holds on this side. More abort the session with a RangeError.</summary>
    public int MaxExports { get; init => field = CountBounds.Check(value, nameof(MaxExports)); } = 100_000;

    /// <summary>Calls of the peer that run at the same time. One more is rejected with a RangeError.</summary>
    public int MaxCallsInFlight { get; init => field = CountBounds.Check(value, nameof(MaxCallsInFlight)); } = 10_000;

    /// <summary>Pushes that the peer has neither pulled nor released. More abort the session with a RangeError.</summary>
    public int MaxUnpulledPushes { get; init => field = CountBounds.Check(value, nameof(MaxUnpulledPushes)); } = 50_000;

    /// <summary>
    /// Instructions that one map runs, including nested maps. Each KiB of an instruction's text counts as one more. A map that
    /// exceeds this is rejected with a RangeError.
    /// </summary>
    public int MaxMapWork { get; init => field = MapWorkBounds.Check(value, nameof(MaxMapWork)); } = 100_000;

    /// <summary>Bytes that wait for the transport because the peer does not read. More abort the session with a RangeError.</summary>
    public int MaxUnsentBytes { get; init => field = UnsentBytesBounds.Check(value, nameof(MaxUnsentBytes)); } = 256 << 20;
}
