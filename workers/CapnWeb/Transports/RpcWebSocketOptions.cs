using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>The settings of a WebSocket that carries a session.</summary>
public sealed record RpcWebSocketOptions
{
    /// <summary>
    /// The longest message, as <see cref="RpcLimits.MaxMessageSize"/> counts. A longer one ends the session before all of it is
    /// read, and closes the WebSocket with code 1009.
    /// </summary>
    public int MaxMessageSize
    {
        get;
        init => field = RpcLimits.MessageSizeBounds.Check(value, nameof(MaxMessageSize));
    } = RpcLimits.Default.MaxMessageSize;

    /// <summary>
    /// How long a connection is idle before a ping is sent, so that nothing on the way takes it for dead; default 30 s,
    /// <see cref="Timeout.InfiniteTimeSpan"/> for never. It is at most a third of <see cref="KeepAliveTimeout"/>.
    /// </summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long no byte may come from the peer, or be taken by it, before the connection counts as lost; default 2 min,
    /// <see cref="Timeout.InfiniteTimeSpan"/> for any time. Without pings there is no limit.
    /// </summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long the end waits for what is being sent and for the peer's close; default 5 s. Then it is cut.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Measures <see cref="KeepAliveTimeout"/> and <see cref="CloseTimeout"/>. <c>MapCapnWeb</c> measures its shutdown timeout by it too.
    /// </summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// How long the framework waits for a pong. Its clock starts while the ping may still wait behind a long message, so it must
    /// cut nobody: <see cref="PeerWatch"/> finds dead peers. Without this limit the framework sends no pings.
    /// </summary>
    internal static TimeSpan PongTimeout => TimeSpan.FromDays(1);

    /// <summary>How often the framework pings: an idle peer must be able to answer before it counts as lost.</summary>
    internal TimeSpan PingInterval =>
        KeepAliveTimeout == Timeout.InfiniteTimeSpan || KeepAliveInterval < KeepAliveTimeout / 3
            ? KeepAliveInterval
            : KeepAliveTimeout / 3;

    /// <summary>A watch for one connection.</summary>
    internal PeerWatch CreateWatch() =>
        new(KeepAliveInterval == Timeout.InfiniteTimeSpan ? Timeout.InfiniteTimeSpan : KeepAliveTimeout, TimeProvider);
}
