using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>The settings of a client that calls by batches.</summary>
public sealed record RpcBatchOptions
{
    /// <summary>Accepted lengths of a body.</summary>
    public static readonly RpcBounds BodyBounds = new(64, 1 << 30, "bytes");

    /// <summary>The longest answer that is taken, in bytes. Beyond: every call of the batch fails.</summary>
    public int MaxResponseBytes { get; init => field = BodyBounds.Check(value, nameof(MaxResponseBytes)); } = 32 << 20;

    /// <summary>Gets the request before it is sent, for headers of the application's. Null: nothing is added.</summary>
    public Action<HttpRequestMessage>? Configure { get; init; }
}
