using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>The settings of a WebSocket that carries a session.</summary>
public sealed record RpcWebSocketOptions
{
    /// <summary>
    /// Maximum length of a message, in UTF-16 code units. A longer message ends the session before it is completely read, and
    /// closes the WebSocket with code 1009.
    /// </summary>
    public int MaxMessageSize
    {
        get;
        init => field = RpcLimits.MessageSizeBounds.Check(value, nameof(MaxMessageSize));
    } = RpcLimits.Default.MaxMessageSize;

    /// <summary>
    /// Idle time before a ping is sent, which keeps proxies from closing the connection. Default 30 s,
    /// <see cref="Timeout.InfiniteTimeSpan"/> for no pings. Pings come at least three times per <see cref="KeepAliveTimeout"/>.
    /// </summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Time without a byte from or to the peer after which the connection is lost. Default 2 min,
    /// <see cref="Timeout.InfiniteTimeSpan"/> for no limit. Without pings there is no limit either.
    /// </summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Time that closing waits for the message in progress and for the peer's close. Then the connection is aborted. Default 5 s.
    /// </summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The clock for <see cref="KeepAliveTimeout"/> and <see cref="CloseTimeout"/>, and for the shutdown timeout of <c>MapCapnWeb</c>.
    /// </summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// Time that the framework waits for a pong. It starts while the ping may still wait behind a long message. So the time is long
    /// enough to close no connection, and <see cref="PeerWatch"/> detects dead peers. Without it the framework sends no pings.
    /// </summary>
    internal static TimeSpan PongTimeout => TimeSpan.FromDays(1);

    /// <summary>Time between pings. An idle peer gets at least three pings before its connection is lost.</summary>
    internal TimeSpan PingInterval =>
        KeepAliveTimeout == Timeout.InfiniteTimeSpan || KeepAliveInterval < KeepAliveTimeout / 3
            ? KeepAliveInterval
            : KeepAliveTimeout / 3;

    /// <summary>Creates the watch of one connection.</summary>
    internal PeerWatch CreateWatch() =>
        new(KeepAliveInterval == Timeout.InfiniteTimeSpan ? Timeout.InfiniteTimeSpan : KeepAliveTimeout, TimeProvider);
}
