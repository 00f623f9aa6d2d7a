namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>Traces that need special treatment. All others are compared text by text.</summary>
internal static class TraceLists
{
    /// <summary>Kinds of traces between a client and a server.</summary>
    public static readonly string[] SessionKinds =
        ["call", "error", "pipeline", "callback", "order", "release", "map", "stream", "abort", "limit"];

    /// <summary>Traces that use unsupported features: streams, blobs, and recording a map on the client.</summary>
    public static readonly string[] Unsupported =
    [
        "stream/readable-argument", "stream/readable-argument-bytes", "stream/readable-argument-objects", "stream/readable-empty",
        "stream/readable-fails", "stream/readable-cancelled", "stream/readable-ignored", "stream/writable-argument",
        "stream/writable-write-fails", "stream/writable-ignored", "stream/writable-result", "stream/twenty-writes",
        "stream/two-in-one-call", "map/local-value",
    ];

    /// <summary>Traces where this library differs in wording, or avoids a flaw of npm. OutcomeTests compares the outcomes.</summary>
    public static readonly string[] ServedByOutcome =
    [
        "call/instance-property", "error/unserializable-result", "error/stack-and-props", "error/rewritten",
        "callback/returned-as-is", "map/capture-local-stub", "map/capture-imported-stub", "map/capture-promise",
        "release/cancel-pending-result-stub",
    ];

    /// <summary>Traces in which the transport closes.</summary>
    public static readonly string[] OfTheTransport =
        ["release/main", "release/main-with-pending", "abort/transport-lost", "abort/after-bad-frame"];

    /// <summary>Hostile uses of streams and Fetch types. This library refuses them earlier than npm.</summary>
    public static readonly string[] OfStreams =
    [
        "hostile/pipe-readable-twice", "hostile/readable-of-no-pipe", "hostile/pipe-unknown-method", "hostile/pipe-pushed-write",
        "hostile/pipe-released-early", "decode/headers-bad", "decode/request-bad-body", "decode/response-string-body",
        "decode/response-status-range", "decode/blob-inline",
    ];

    /// <summary>Traces of unusable values for which npm ends the session. This library rejects only the call.</summary>
    public static readonly string[] RejectedHere =
    [
        "hostile/unknown-type-code", "decode/bytes-unknown-marker", "decode/bytes-not-string", "decode/bigint-bad", "decode/bigint-number",
        "decode/error-bad-props", "decode/error-message-not-string", "decode/undefined-extra", "decode/url-relative",
    ];

    /// <summary>Traces of invalid messages that npm accepts and this library rejects.</summary>
    public static readonly string[] StricterHere =
        ["hostile/pull-main", "hostile/release-zero", "hostile/release-main", "hostile/resolve-main"];

    /// <summary>Traces with a promise that the client itself creates, which the C# API does not offer.</summary>
    public static readonly string[] WithLocalPromise =
        ["pipeline/deferred-promise-argument", "order/overtaken-by-promise-argument"];

    /// <summary>Hostile traces against the calling side, which SessionLifeTests covers.</summary>
    public static readonly string[] AsCaller = ["hostile/abort-received"];

    /// <summary>Traces where JavaScript calculates with a stub and gets NaN. A typed method rejects it.</summary>
    public static readonly string[] TypedHere = ["map/import-in-instruction"];
}
