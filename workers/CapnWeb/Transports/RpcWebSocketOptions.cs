using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>The settings of a WebSocket that carries a session.</summary>
public sealed record RpcWebSocketOptions
{
    /// <summary>
    /// Maximum length of a message, in UTF-16 code units. A longer message ends the session before it is completely read. The WebSocket is
    /// then closed with code 1009.
    /// </summary>
    public int MaxMessageSize
    {
        get;
        init => field = RpcLimits.MessageSizeBounds.Check(value, nameof(MaxMessageSize));
    } = RpcLimits.Default.MaxMessageSize;

    /// <summary>
    /// The idle time after which a ping is sent. Pings keep proxies from closing the connection. The default is 30 s;
    /// <see cref="Timeout.InfiniteTimeSpan"/> means no pings. At least three pings are sent within <see cref="KeepAliveTimeout"/>.
    /// </summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The time without a byte from or to the peer after which the connection is considered lost. The default is 2 min;
    /// <see cref="Timeout.InfiniteTimeSpan"/> means no limit. Without pings there is no limit either.
    /// </summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The maximum time that closing waits for the message in progress and for the peer's close. After that time the connection is aborted.
    /// The default is 5 s.
    /// </summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The clock for <see cref="KeepAliveTimeout"/> and <see cref="CloseTimeout"/>, and for the shutdown timeout of <c>MapCapnWeb</c>.
    /// </summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// The time that the framework waits for a pong. It starts even while the ping waits behind a long message, so it is too long to ever
    /// close a connection. <see cref="PeerWatch"/> detects dead peers instead. Without a pong timeout the framework sends no pings.
    /// </summary>
    internal static TimeSpan PongTimeout => TimeSpan.FromDays(1);

    /// <summary>The time between pings. An idle peer gets at least three pings before its connection is considered lost.</summary>
    internal TimeSpan PingInterval =>
        KeepAliveTimeout == Timeout.InfiniteTimeSpan || KeepAliveInterval < KeepAliveTimeout / 3
            ? KeepAliveInterval
            : KeepAliveTimeout / 3;

    /// <summary>Creates the object that detects the dead peer of one connection.</summary>
    internal PeerWatch CreateWatch() =>
        new(KeepAliveInterval == Timeout.InfiniteTimeSpan ? Timeout.InfiniteTimeSpan : KeepAliveTimeout, TimeProvider);
}
