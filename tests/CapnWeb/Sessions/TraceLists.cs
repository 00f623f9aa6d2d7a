namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>Which captured conversations are replayed how. A name that is in no list is compared text by text.</summary>
internal static class TraceLists
{
    /// <summary>Kinds of conversations between a client and a server.</summary>
    public static readonly string[] SessionKinds = ["call", "error", "pipeline", "callback", "order", "release", "map", "stream", "abort", "limit"];

    /// <summary>Of parts that are not here yet: streams and blobs, and a client that records maps.</summary>
    public static readonly string[] LaterParts =
    [
        "stream/readable-argument", "stream/readable-argument-bytes", "stream/readable-argument-objects", "stream/readable-empty",
        "stream/readable-fails", "stream/readable-cancelled", "stream/readable-ignored", "stream/writable-argument",
        "stream/writable-write-fails", "stream/writable-ignored", "stream/writable-result", "stream/twenty-writes",
        "stream/two-in-one-call", "map/local-value",
    ];

    /// <summary>Where the npm package's words, or its flaws, are not ours: the outcome is compared in tests of their own.</summary>
    public static readonly string[] ServedByOutcome =
    [
        "call/instance-property", "error/unserializable-result", "error/stack-and-props", "error/rewritten",
        "callback/returned-as-is", "map/capture-local-stub", "map/capture-imported-stub", "map/capture-promise",
        "release/cancel-pending-result-stub",
    ];

    /// <summary>Conversations about the transport's end.</summary>
    public static readonly string[] OfTheTransport = ["release/main", "release/main-with-pending", "abort/transport-lost", "abort/after-bad-frame"];

    /// <summary>A hostile peer's uses of streams and Fetch types, which are refused here before they can do what was captured.</summary>
    public static readonly string[] OfStreams =
    [
        "hostile/pipe-readable-twice", "hostile/readable-of-no-pipe", "hostile/pipe-unknown-method", "hostile/pipe-pushed-write",
        "hostile/pipe-released-early", "decode/headers-bad", "decode/request-bad-body", "decode/response-string-body",
        "decode/response-status-range", "decode/blob-inline",
    ];

    /// <summary>Flaws of the captured package, which accepts what makes no sense.</summary>
    public static readonly string[] StricterHere =
        ["hostile/pull-main", "hostile/release-zero", "hostile/release-main", "hostile/resolve-main"];

    /// <summary>Calls with a promise of this process, which no application can make here but by calling what came home.</summary>
    public static readonly string[] WithLocalPromise =
        ["pipeline/deferred-promise-argument", "order/overtaken-by-promise-argument"];

    /// <summary>Where the attacked side is the caller; SessionLifeTests does the same.</summary>
    public static readonly string[] AsCaller = ["hostile/abort-received"];

    /// <summary>Where JavaScript computes with a stub (NaN), and a method with types rejects it.</summary>
    public static readonly string[] TypedHere = ["map/import-in-instruction"];
}
