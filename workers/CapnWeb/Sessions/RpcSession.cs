using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Transports;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>One connection to a peer: both ends are equal, each may offer a main object and call the other's.
/// The session owns its transport. Safe to use from any thread. What arrives is handled in order, on the transport's thread:
/// a member that blocks holds up the calls behind it, one that awaits does not.</summary>
public sealed class RpcSession : IAsyncDisposable
{
    /// <summary>Starts a session.</summary>
    /// <param name="transport">Carries the messages; disposed with the session.</param>
    /// <param name="main">The object that the peer calls; null where there is none. Disposed when the session is over, where it
    /// is <see cref="IDisposable"/> or <see cref="IAsyncDisposable"/>.</param>
    /// <param name="contract">What of <paramref name="main"/> the peer may call; null finds the one registered for its type.</param>
    /// <param name="options">Null: all defaults.</param>
    /// <exception cref="ArgumentException">No contract is known for the type of <paramref name="main"/>.</exception>
    public RpcSession(IRpcTransport transport, object? main = null, RpcContract? contract = null, RpcSessionOptions? options = null) =>
        throw new NotImplementedException();

    /// <summary>Starts a session that offers <paramref name="main"/> as a <typeparamref name="T"/>.</summary>
    public static RpcSession Create<T>(IRpcTransport transport, T main, RpcSessionOptions? options = null)
        where T : class => throw new NotImplementedException();

    /// <summary>The peer's main object. Disposing it ends the session.</summary>
    public RpcStub Main => throw new NotImplementedException();

    /// <summary>The table sizes and what has been moved so far.</summary>
    public RpcStatistics Statistics => throw new NotImplementedException();

    /// <summary>Completes when the session is over and its exported objects are disposed. Never fails: <see cref="Error"/> says why.</summary>
    public Task Completion => throw new NotImplementedException();

    /// <summary>Why the session is over; null while it is not.</summary>
    public Exception? Error => throw new NotImplementedException();

    /// <summary>Fires once when the session is over, before its exported objects are disposed.</summary>
    public CancellationToken Broken => throw new NotImplementedException();

    /// <summary>The peer's main object as a typed stub. Each one is a reference of its own; disposing it does not end the session.</summary>
    public T GetMain<T>()
        where T : class => throw new NotImplementedException();

    /// <summary>Ends the session in good order: pending calls fail, the transport closes, exported objects are disposed.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();

    /// <summary>Ends the session with an error that the peer is told.</summary>
    internal void Abort(Exception reason) => throw new NotImplementedException();

    /// <summary>Hands what has been pushed so far to the transport before it returns.</summary>
    internal void Flush() => throw new NotImplementedException();

    /// <summary>Completes when every pulled call and every exported promise has been answered. Ask after the last message was received.</summary>
    internal Task SettledAsync() => throw new NotImplementedException();
}
