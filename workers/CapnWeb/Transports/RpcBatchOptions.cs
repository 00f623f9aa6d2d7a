using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>The settings of a client that sends batches.</summary>
public sealed record RpcBatchOptions
{
    /// <summary>The range of accepted values for the maximum length of a body.</summary>
    internal static readonly RpcBounds BodyBounds = new(64, 1 << 30, "bytes");

    /// <summary>Maximum length of the response, in bytes. If it is longer, every call of the batch fails.</summary>
    public int MaxResponseBytes { get; init => field = BodyBounds.Check(value, nameof(MaxResponseBytes)); } = 32 << 20;

    /// <summary>
    /// A function that changes the request before it is sent, for example adds headers. If it is null, the request is sent unchanged.
    /// </summary>
    public Action<HttpRequestMessage>? Configure { get; init; }
}
