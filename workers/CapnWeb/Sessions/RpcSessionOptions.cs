using Microsoft.Extensions.Logging;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Serialization;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The settings of a session. They are immutable, so several sessions can share one object.</summary>
public sealed record RpcSessionOptions
{
    /// <summary>The default settings.</summary>
    public static RpcSessionOptions Default { get; } = new();

    /// <summary>Converts values to text and back.</summary>
    public RpcSerializer Serializer { get; init; } = RpcSerializer.Default;

    /// <summary>Limits on what the peer may send.</summary>
    public RpcLimits Limits { get; init; } = new();

    /// <summary>
    /// A callback for every exception before it is sent. It returns the exception to send instead: for example without a message, with a
    /// code, or with a stack. If the callback is null, an <see cref="RpcException"/> is sent unchanged, without a stack. Of any other
    /// exception the peer gets a general error with an id, and the log has the exception under the same id.
    /// </summary>
    public Func<Exception, Exception>? OnSendError { get; init; }

    /// <summary>
    /// Whether every exception is sent with its message and its inner exceptions, which may contain secrets. The default is null:
    /// <c>MapCapnWeb</c> sends them in the Development environment only, and other sessions never do.
    /// </summary>
    public bool? EnableDetailedErrors { get; init; }

    /// <summary>
    /// Whether other code disposes the main object, such as a container's scope. The session then does not dispose it. The default is
    /// false.
    /// </summary>
    public bool LeaveMain { get; init; }

    /// <summary>The factory that creates the session's logger. If it is null, nothing is logged.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>The clock for the delays of release messages.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// Whether this side may call the peer. A batch's server must not, because the peer never answers. If this is false, such calls are
    /// rejected immediately. The default is true.
    /// </summary>
    public bool AllowCallbacks { get; init; } = true;

    /// <summary>
    /// Whether the code after an <c>await</c> of a result runs on the thread that received the result. This is fastest, but the code must
    /// not block or compute for long: the connection reads nothing meanwhile, not even a ping. Code that blocks until another result
    /// arrives waits forever. The default is false: the thread pool runs the code.
    /// </summary>
    public bool AllowSynchronousContinuations { get; init; }
}
