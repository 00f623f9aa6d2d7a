using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Serialization;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>One connection to a peer: both ends are equal, each may offer a main object and call the other's.
/// The session owns its transport. Safe to use from any thread. What arrives is handled in order, on the transport's thread:
/// a member that blocks holds up the calls behind it, one that awaits does not.</summary>
public sealed class RpcSession : IAsyncDisposable
{
    private readonly SessionCore _core;
    private readonly MessageHandler _handler;

    // Only sessions make stubs, so this is before the first one is read or written.
    static RpcSession() => ReferenceTypes.Add(new StubType());

    /// <summary>Starts a session.</summary>
    /// <param name="transport">Carries the messages; disposed with the session.</param>
    /// <param name="main">The object that the peer calls; null where there is none. Disposed when the session is over, where it
    /// is <see cref="IDisposable"/> or <see cref="IAsyncDisposable"/>.</param>
    /// <param name="contract">What of <paramref name="main"/> the peer may call; null finds the one registered for its type.</param>
    /// <param name="options">Null: all defaults.</param>
    /// <exception cref="ArgumentException">No contract is known for the type of <paramref name="main"/>.</exception>
    public RpcSession(IRpcTransport transport, object? main = null, RpcContract? contract = null, RpcSessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        contract ??= main is null ? null : RpcContract.Find(main.GetType());
        _core = new SessionCore(transport, options ?? RpcSessionOptions.Default);
        _core.Exports.AddMain(main is null
            ? PromiseHook.Rejected(_core, CallErrors.NoMain())
            : new TargetHook(_core, main, contract!, _core.Options.LeaveMain));
        _handler = new MessageHandler(_core);
        Main = new MainStub(this, _core.Main);
        transport.Start(_handler);
    }

    /// <summary>The peer's main object. Disposing it ends the session.</summary>
    public RpcStub Main { get; }

    /// <summary>The table sizes and what has been moved so far.</summary>
    public RpcStatistics Statistics => _core.Statistics(_handler.MessagesReceived, _handler.BytesReceived);

    /// <summary>Completes when the session is over and its exported objects are disposed, but for those on which a call still
    /// runs. Never fails: <see cref="Error"/> says why.</summary>
    public Task Completion => _core.Completion;

    /// <summary>Why the session is over; null while it is not.</summary>
    public Exception? Error => _core.Error;

    /// <summary>Fires once when the session is over, before its exported objects are disposed.</summary>
    public CancellationToken Broken => _core.Broken;

    /// <summary>Starts a session that offers <paramref name="main"/> as a <typeparamref name="T"/>.</summary>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> has no contract.</exception>
    public static RpcSession Create<T>(IRpcTransport transport, T main, RpcSessionOptions? options = null)
        where T : class => new(transport, main, RpcContract.Find(typeof(T)), options);

    /// <summary>The peer's main object as a typed stub. Each one is a reference of its own; disposing it does not end the session.</summary>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> has no contract, or one without a stub.</exception>
    public T GetMain<T>()
        where T : class => RpcReference.As<T>(new RpcStub(new StubReference(_core.Main.Duplicate())));

    /// <summary>Ends the session in good order: pending calls fail, the transport closes, exported objects are disposed.</summary>
    public async ValueTask DisposeAsync()
    {
        End();
        await _core.Completion.ConfigureAwait(false);
    }

    /// <summary>Ends the session with an error that the peer is told.</summary>
    internal void Abort(Exception reason) => _core.End(reason, SessionEnd.Aborted);

    /// <summary>Hands what has been pushed so far to the transport before it returns.</summary>
    internal void Flush() => _core.Outbox.Flush();

    /// <summary>Completes when every pulled call and every exported promise has been answered. Ask after the last message was
    /// received: where the peer cannot be called, nothing more is expected of it.</summary>
    internal async Task SettledAsync()
    {
        if (!_core.Options.AllowCallbacks)
        {
            FailGivenPromises();
        }
        Task settled;
        lock (_core.Gate)
        {
            settled = _core.Exports.SettledAsync();
        }
        await settled.ConfigureAwait(false);
        await FlushAsync().ConfigureAwait(false);
    }

    /// <summary>Completes when no call of the peer runs, pulled or not yet, and what is to be answered has been.</summary>
    internal async Task FinishedAsync()
    {
        do
        {
            await _core.Running.IdleAsync().ConfigureAwait(false);
            await SettledAsync().ConfigureAwait(false);
        }
        while (_core.Running.Count > 0);
    }

    /// <summary>Completes when the transport has taken all that has been said so far.</summary>
    internal Task FlushAsync() => _core.Outbox.FlushAsync();

    private void FailGivenPromises()
    {
        ImportHook[] promises;
        lock (_core.Gate)
        {
            promises = _core.Imports.GivenPromises();
        }
        foreach (ImportHook promise in promises)
        {
            promise.Settle(Outcome.Failed(CallErrors.NoCallbacks()));
        }
        _core.AfterLock();
    }

    private void End() =>
        _core.End(new RpcBrokenException("RPC session was shut down by disposing the main stub"), SessionEnd.Disposed);

    private sealed class MainStub(RpcSession session, ImportHook main) : RpcStub(new StubReference(main))
    {
        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            session.End();
        }
    }
}
