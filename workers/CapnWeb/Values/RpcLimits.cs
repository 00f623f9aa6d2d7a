namespace WorkerRpc.CapnWeb.Values;

/// <summary>
/// The limits for messages and objects that a session accepts from its peer. Each setting says what happens when the peer exceeds it.
/// </summary>
public sealed record RpcLimits
{
    internal static readonly RpcBounds MessageSizeBounds = new(64, 1 << 30, "UTF-16 code units a message");

    internal static readonly RpcBounds DepthBounds = new(1, 256, "levels of nesting");

    internal static readonly RpcBounds BigIntDigitsBounds = new(1, 1 << 20, "characters of a bigint");

    /// <summary>The range of accepted values for settings that count table entries, references, calls or pushes.</summary>
    internal static readonly RpcBounds CountBounds = new(1, int.MaxValue, "entries");

    internal static readonly RpcBounds MapWorkBounds = new(1, int.MaxValue, "instructions a map");

    internal static readonly RpcBounds UnsentBytesBounds = new(1 << 10, int.MaxValue, "bytes");

    /// <summary>The default limits.</summary>
    public static RpcLimits Default { get; } = new();

    /// <summary>The limits for text that this library wrote or has already scanned. Only the nesting of such text is checked.</summary>
    internal static RpcLimits Trusted { get; } = new() { MaxBigIntDigits = BigIntDigitsBounds.Max, MaxReferences = CountBounds.Max };

    /// <summary>
    /// Maximum length of a message in UTF-16 code units, checked before parsing. A longer message aborts the session with a TypeError.
    /// </summary>
    public int MaxMessageSize { get; init => field = MessageSizeBounds.Check(value, nameof(MaxMessageSize)); } = 32 << 20;

    /// <summary>
    /// Maximum nesting of a value. A pushed or resolved expression has depth 0, an argument has depth 1. A received value that reaches this
    /// depth aborts the session with a TypeError. A sent value that reaches depth 256 fails its call.
    /// </summary>
    public int MaxDepth { get; init => field = DepthBounds.Check(value, nameof(MaxDepth)); } = 256;

    /// <summary>
    /// Maximum number of characters of a bigint, including its minus sign. A longer bigint aborts the session with a TypeError.
    /// </summary>
    public int MaxBigIntDigits { get; init => field = BigIntDigitsBounds.Check(value, nameof(MaxBigIntDigits)); } = 16_384;

    /// <summary>
    /// Maximum number of references in one message: stubs, promises and calls. If there are more, the session is aborted with a RangeError.
    /// </summary>
    public int MaxReferences { get; init => field = CountBounds.Check(value, nameof(MaxReferences)); } = 65_536;

    /// <summary>
    /// Maximum number of references that the peer has sent and this side has not released. If there are more, the session is aborted with a
    /// RangeError.
    /// </summary>
    public int MaxImports { get; init => field = CountBounds.Check(value, nameof(MaxImports)); } = 100_000;

    /// <summary>
    /// Maximum number of results and references of this side that the peer has not released. If there are more, the session is aborted with
    /// a RangeError.
    /// </summary>
    public int MaxExports { get; init => field = CountBounds.Check(value, nameof(MaxExports)); } = 100_000;

    /// <summary>Maximum number of the peer's calls that run at the same time. Each further call is rejected with a RangeError.</summary>
    public int MaxCallsInFlight { get; init => field = CountBounds.Check(value, nameof(MaxCallsInFlight)); } = 10_000;

    /// <summary>
    /// Maximum number of calls (push messages) whose result the peer has neither pulled nor released. If there are more, the session is
    /// aborted with a RangeError.
    /// </summary>
    public int MaxUnpulledPushes { get; init => field = CountBounds.Check(value, nameof(MaxUnpulledPushes)); } = 50_000;

    /// <summary>
    /// Maximum number of instructions that one map operation runs, including nested maps. An instruction counts one more for each KiB of
    /// its text. A map that exceeds this limit is rejected with a RangeError.
    /// </summary>
    public int MaxMapWork { get; init => field = MapWorkBounds.Check(value, nameof(MaxMapWork)); } = 100_000;

    /// <summary>
    /// Maximum number of bytes that wait for the transport because the peer does not read. If there are more, the session is aborted with a
    /// RangeError.
    /// </summary>
    public int MaxUnsentBytes { get; init => field = UnsentBytesBounds.Check(value, nameof(MaxUnsentBytes)); } = 256 << 20;
}
