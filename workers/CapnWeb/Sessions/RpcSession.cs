using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Serialization;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// A connection to a peer. Both ends are equal: each may offer a main object and call the other's. The session owns its transport
/// and is safe to use from any thread. Messages are handled in order on the transport's thread. So a member that blocks delays the
/// next calls; one that awaits does not.
/// </summary>
public sealed class RpcSession : IAsyncDisposable
{
    private readonly SessionCore _core;
    private readonly MessageHandler _handler;

    // Only sessions create stubs. So this runs before the first stub is read or written.
    static RpcSession() => ReferenceTypes.Add(new StubType());

    /// <summary>Starts a session.</summary>
    /// <param name="transport">Carries the messages. The session disposes it.</param>
    /// <param name="main">The object that the peer calls, or null. The session disposes it at its end, if it is disposable.</param>
    /// <param name="contract">The members of <paramref name="main"/> that the peer may call. Null: the contract of its type.</param>
    /// <param name="options">The settings. Null: the defaults.</param>
    /// <exception cref="ArgumentException">The type of <paramref name="main"/> has no contract.</exception>
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

    /// <summary>Table sizes and traffic.</summary>
    public RpcStatistics Statistics => _core.Statistics(_handler.MessagesReceived, _handler.BytesReceived);

    /// <summary>
    /// Completes when the session has ended and its exported objects are disposed, except those with a running call. Never fails:
    /// <see cref="Error"/> has the reason.
    /// </summary>
    public Task Completion => _core.Completion;

    /// <summary>The reason why the session has ended. Null while it runs.</summary>
    public Exception? Error => _core.Error;

    /// <summary>Fires once when the session ends, before its exported objects are disposed.</summary>
    public CancellationToken Broken => _core.Broken;

    /// <summary>Starts a session that offers <paramref name="main"/> with the contract of <typeparamref name="T"/>.</summary>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> has no contract.</exception>
    public static RpcSession Create<T>(IRpcTransport transport, T main, RpcSessionOptions? options = null)
        where T : class => new(transport, main, RpcContract.Find(typeof(T)), options);

    /// <summary>A typed stub of the peer's main object. It owns a reference; disposing it does not end the session.</summary>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> has no contract, or its contract has no stub.</exception>
    public T GetMain<T>()
        where T : class => RpcReference.As<T>(new RpcStub(new StubReference(_core.Main.Duplicate())));

    /// <summary>Ends the session: pending calls fail, the transport closes, and exported objects are disposed.</summary>
    public async ValueTask DisposeAsync()
    {
        End();
        await _core.Completion.ConfigureAwait(false);
    }

    /// <summary>Ends the session with an error that is sent to the peer.</summary>
    internal void Abort(Exception reason) => _core.End(reason, SessionEnd.Aborted);

    /// <summary>Hands all messages written so far to the transport.</summary>
    internal void Flush() => _core.Outbox.Flush();

    /// <summary>
    /// Completes when every pulled call and exported promise has been answered. Call it after the last message was received: if the
    /// peer cannot be called, its promises then fail.
    /// </summary>
    internal async Task SettledAsync()
    {
        if (!_core.Options.AllowCallbacks)
        {
            FailPeerPromises();
        }

        Task settled;
        lock (_core.Gate)
        {
            settled = _core.Exports.SettledAsync();
        }

        await settled.ConfigureAwait(false);
        await FlushAsync().ConfigureAwait(false);
    }

    /// <summary>Completes when no call of the peer runs, whether pulled or not, and everything has been answered.</summary>
    internal async Task FinishedAsync()
    {
        do
        {
            await _core.Incoming.IdleAsync().ConfigureAwait(false);
            await SettledAsync().ConfigureAwait(false);
        }
        while (_core.Incoming.Count > 0);
    }

    /// <summary>Completes when the transport has taken all messages written so far.</summary>
    internal Task FlushAsync() => _core.Outbox.FlushAsync();

    private void FailPeerPromises()
    {
        ImportHook[] promises;
        lock (_core.Gate)
        {
            promises = _core.Imports.PeerPromises();
        }

        foreach (ImportHook promise in promises)
        {
            promise.Settle(Outcome.Failed(CallErrors.NoCallbacks()));
        }

        _core.RunDeferred();
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
