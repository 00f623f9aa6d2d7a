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
}
