using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>The settings of a WebSocket that carries a session.</summary>
public sealed record RpcWebSocketOptions
{
    /// <summary>
    /// The longest message that is taken, as <see cref="RpcLimits.MaxMessageSize"/> counts. A longer one ends the session with
    /// an error before more of it is kept.
    /// </summary>
    public int MaxMessageSize { get; init => field = RpcLimits.MessageSizeBounds.Check(value, nameof(MaxMessageSize)); } = RpcLimits.Default.MaxMessageSize;

    /// <summary>How often a ping is sent, so that nothing on the way takes the connection for dead; default 30 s, <see cref="Timeout.InfiniteTimeSpan"/> for never.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a peer may take to answer a ping before the connection counts as lost; default 20 s, <see cref="Timeout.InfiniteTimeSpan"/> for any time.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the end of a connection waits for what is being sent and for the peer's close; default 5 s. Then it is cut.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The clock of the end: of <see cref="CloseTimeout"/> and, on a route, <see cref="RpcEndpointOptions.ShutdownTimeout"/>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
