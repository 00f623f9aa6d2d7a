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

    internal static readonly RpcBounds WorkBounds = new(1, int.MaxValue, "units a message");

    internal static readonly RpcBounds MapDepthBounds = new(1, 64, "nested maps");

    internal static readonly RpcBounds ChainBounds = new(1, 10_000_000, "promises");

    internal static readonly RpcBounds BytesBounds = new(1 << 10, int.MaxValue, "bytes");

    /// <summary>The default limits.</summary>
    public static RpcLimits Default { get; } = new();

    /// <summary>The limits for text that this library wrote or has already scanned. Only the nesting of such text is checked.</summary>
    internal static RpcLimits Trusted { get; } = new()
    {
        MaxBigIntDigits = BigIntDigitsBounds.Max,
        MaxReferences = CountBounds.Max,
        MaxPathParts = CountBounds.Max,
        MaxWork = WorkBounds.Max,
    };

    /// <summary>
    /// Maximum length of a message in UTF-16 code units, checked before parsing. A longer message aborts the session with a TypeError.
    /// </summary>
    public int MaxMessageSize { get; init => field = MessageSizeBounds.Check(value, nameof(MaxMessageSize)); } = 4 << 20;

    /// <summary>
    /// Maximum number of values in one message: literals, objects, arrays and what they contain. If there are more, the session is aborted
    /// with a RangeError.
    /// </summary>
    public int MaxValues { get; init => field = CountBounds.Check(value, nameof(MaxValues)); } = 131_072;

    /// <summary>
    /// Maximum nesting of a value. A pushed or resolved expression has depth 0, an argument has depth 1. A received value that reaches this
    /// depth aborts the session with a TypeError. A sent value that reaches depth 256 fails its call.
    /// </summary>
    public int MaxDepth { get; init => field = DepthBounds.Check(value, nameof(MaxDepth)); } = 256;

    /// <summary>
    /// Maximum number of characters of a bigint, including its minus sign. A longer bigint aborts the session with a TypeError. Several
    /// bigints in one message are limited by <see cref="MaxWork"/>: with the defaults, to four of the longest ones.
    /// </summary>
    public int MaxBigIntDigits { get; init => field = BigIntDigitsBounds.Check(value, nameof(MaxBigIntDigits)); } = 16_384;

    /// <summary>
    /// Maximum number of references in one message: stubs, promises and calls. If there are more, the session is aborted with a RangeError.
    /// </summary>
    public int MaxReferences { get; init => field = CountBounds.Check(value, nameof(MaxReferences)); } = 16_384;

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

    /// <summary>
    /// Maximum number of the peer's calls that run at the same time. Each further call waits for its start. For each call of this side that
    /// the peer has not answered, one more may run: the peer may need it to serve a callback.
    /// </summary>
    public int MaxRunningCalls { get; init => field = CountBounds.Check(value, nameof(MaxRunningCalls)); } = 64;

    /// <summary>
    /// Maximum number of the peer's calls that run or wait for their arguments or their start. Each further call is rejected with a
    /// RangeError.
    /// </summary>
    public int MaxCallsInFlight { get; init => field = CountBounds.Check(value, nameof(MaxCallsInFlight)); } = 10_000;

    /// <summary>
    /// Maximum number of calls (push messages) whose result the peer has neither pulled nor released. If there are more, the session is
    /// aborted with a RangeError.
    /// </summary>
    public int MaxUnpulledPushes { get; init => field = CountBounds.Check(value, nameof(MaxUnpulledPushes)); } = 50_000;

    /// <summary>
    /// Maximum work that one message may cause beyond its own length, in units of about 0.1 µs. Replacing a promise among arguments costs
    /// one unit for each value and each 32 bytes put in. An evaluated reference, a member on a path and an instruction of a map cost 10
    /// units each, and one more for each 10 bytes of JSON that they read. A call that fails costs 200 units. The call that exceeds the
    /// limit is rejected with a RangeError. The same limit applies to the bigints and urls in a message: n digits cost n/3 + n²/6144 units,
    /// n characters of a url 10 + n/8, or 75 + n if they are not all ASCII.
    /// </summary>
    public int MaxWork { get; init => field = WorkBounds.Check(value, nameof(MaxWork)); } = 200_000;

    /// <summary>
    /// Maximum number of maps nested in one another. A map that exceeds it is rejected with a RangeError.
    /// </summary>
    public int MaxMapDepth { get; init => field = MapDepthBounds.Check(value, nameof(MaxMapDepth)); } = 16;

    /// <summary>
    /// Maximum number of parts of a property path. A call with a longer path is rejected with a RangeError.
    /// </summary>
    public int MaxPathParts { get; init => field = CountBounds.Check(value, nameof(MaxPathParts)); } = 256;

    /// <summary>
    /// Maximum number of promises that resolve to one another, one after the other. A promise that would make a longer chain is rejected
    /// with a RangeError, and one that would resolve to itself with a TypeError.
    /// </summary>
    public int MaxPromiseChain { get; init => field = ChainBounds.Check(value, nameof(MaxPromiseChain)); } = 256;

    /// <summary>
    /// Maximum number of bytes that the session keeps for the peer: results and errors that the peer has not released, arguments and paths
    /// of calls that wait or run, 64 bytes for each reference in a value, and 256 bytes for each table entry. Beyond it, values, calls and
    /// longer results are rejected with a RangeError. A result of a call that fits later waits in its call.
    /// </summary>
    public int MaxHeldBytes { get; init => field = BytesBounds.Check(value, nameof(MaxHeldBytes)); } = 24 << 20;

    /// <summary>
    /// Maximum number of encoded bytes that wait because the peer does not read. Answers beyond it wait in their calls, and from half of
    /// it on new calls wait for their start. Calls of this side are rejected with a RangeError. Messages that cannot wait, such as
    /// releases, may take 1 MiB more; then the session is aborted with a RangeError.
    /// </summary>
    public int MaxUnsentBytes { get; init => field = BytesBounds.Check(value, nameof(MaxUnsentBytes)); } = 16 << 20;
}
