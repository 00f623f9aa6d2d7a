using Microsoft.Extensions.Logging;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Serialization;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The settings of a session. Immutable; one object can serve many sessions.</summary>
public sealed record RpcSessionOptions
{
    /// <summary>The default settings.</summary>
    public static RpcSessionOptions Default { get; } = new();

    /// <summary>Converts values to text and back.</summary>
    public RpcSerializer Serializer { get; init; } = RpcSerializer.Default;

    /// <summary>Limits on what the peer may send.</summary>
    public RpcLimits Limits { get; init; } = new();

    /// <summary>
    /// Called for every exception before it is sent; returns the one to send instead. It can hide messages, add a code or let a stack
    /// through. Null: exceptions are sent as they are, without a stack.
    /// </summary>
    public Func<Exception, Exception>? OnSendError { get; init; }

    /// <summary>Whether somebody else disposes the main object, such as a container's scope. Default: false.</summary>
    public bool LeaveMain { get; init; }

    /// <summary>Creates the session's logger. Null: no log.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>The clock of delayed releases.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// Whether this side may call the peer. A batch's server may not, because the peer never answers: such calls are rejected at once.
    /// Default: true.
    /// </summary>
    public bool AllowCallbacks { get; init; } = true;

    /// <summary>
    /// Whether the code after an <c>await</c> of a result runs on the thread that received it. That is fastest, but the code must not
    /// block or compute for long: meanwhile the connection reads nothing, not even a ping. Code that blocks on another result waits
    /// for ever. Default: false, the thread pool runs it.
    /// </summary>
    public bool AllowSynchronousContinuations { get; init; }
}
