using Microsoft.Extensions.Logging;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Serialization;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>How a session behaves. Immutable; one value can serve many sessions.</summary>
public sealed record RpcSessionOptions
{
    /// <summary>All defaults.</summary>
    public static RpcSessionOptions Default { get; } = new();

    /// <summary>Turns values into text and back.</summary>
    public RpcSerializer Serializer { get; init; } = RpcSerializer.Default;

    /// <summary>What the peer may make this side hold and do.</summary>
    public RpcLimits Limits { get; init; } = new();

    /// <summary>Sees every exception before it leaves and gives what leaves instead: the place to hide messages, to add a code,
    /// or to let a stack through. Null sends exceptions as they are, without a stack.</summary>
    public Func<Exception, Exception>? OnSendError { get; init; }

    /// <summary>Leaves the main object alone at the end: it belongs to somebody else, such as a scope of a container. Default false.</summary>
    public bool LeaveMain { get; init; }

    /// <summary>Where the session logs. Null: nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>The clock of delayed releases.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Whether this side may call the peer. False on a batch's server: the peer never answers, so such a call is
    /// rejected at once. Default true.</summary>
    public bool AllowCallbacks { get; init; } = true;

    /// <summary>Whether what awaits a result runs on the thread that received it. That is fastest, and asks of every such
    /// continuation that it neither blocks nor computes for long: nothing more of the connection is read meanwhile, not even a
    /// ping, so that one that waits for another result waits for ever. Default false: the thread pool runs them.</summary>
    public bool AllowSynchronousContinuations { get; init; }
}
