using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Serialization;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// A connection to a peer. Both ends are equal: each may offer a main object and call the other's. The session owns its transport and is
/// safe to use from any thread. Messages are handled in order on the transport's thread. So a member that blocks this thread delays the
/// next calls, but a member that awaits does not.
/// </summary>
public sealed class RpcSession : IAsyncDisposable
{
    private readonly SessionCore _core;
    private readonly MessageHandler _handler;

    // Registers the stub type here, because only sessions create stubs. So this code runs before any stub is read or written.
    static RpcSession() => ReferenceTypes.Add(new StubType());

    /// <summary>Starts a session.</summary>
    /// <param name="transport">The connection that carries the messages. The session disposes it.</param>
    /// <param name="main">
    /// The object that the peer can call. It may be null. The session disposes it at the end, if it is disposable.
    /// </param>
    /// <param name="contract">
    /// The members of <paramref name="main"/> that the peer may call. If it is null, the contract of the object's type applies.
    /// </param>
    /// <param name="options">The settings. If it is null, the defaults apply.</param>
    /// <exception cref="ArgumentException">The type of <paramref name="main"/> has no contract.</exception>
    public RpcSession(IRpcTransport transport, object? main = null, RpcContract? contract = null, RpcSessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        contract ??= main is null ? null : RpcContract.Find(main.GetType());
        _core = new SessionCore(transport, options ?? RpcSessionOptions.Default);
        _core.Exports.AddMain(main is null
            ? PromiseHook.RejectedForAll(_core, CallErrors.NoMain())
            : new TargetHook(_core, main, contract!, _core.Options.LeaveMain));
        _handler = new MessageHandler(_core);
        Main = new MainStub(this, _core.Main);
        transport.Start(_handler);
    }

    /// <summary>A stub for the peer's main object. Disposing this stub ends the session.</summary>
    public RpcStub Main { get; }

    /// <summary>The current table sizes and message counts.</summary>
    public RpcStatistics Statistics => _core.Statistics(_handler.MessagesReceived, _handler.BytesReceived);

    /// <summary>
    /// A task that completes when the session has ended and its exported objects are disposed, except objects with a running call. The task
    /// never fails; <see cref="Error"/> contains the reason for the end.
    /// </summary>
    public Task Completion => _core.Completion;

    /// <summary>The reason why the session has ended. It is null while the session runs.</summary>
    public Exception? Error => _core.Error;

    /// <summary>A token that is cancelled when the session ends, before its exported objects are disposed.</summary>
    public CancellationToken Broken => _core.Broken;

    /// <summary>Starts a session that offers <paramref name="main"/> with the contract of <typeparamref name="T"/>.</summary>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> has no contract.</exception>
    public static RpcSession Create<T>(IRpcTransport transport, T main, RpcSessionOptions? options = null)
        where T : class => new(transport, main, RpcContract.Find(typeof(T)), options);

    /// <summary>
    /// Returns a typed stub for the peer's main object. The stub owns a reference. Disposing it does not end the session.
    /// </summary>
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

    /// <summary>Passes all messages written so far to the transport.</summary>
    internal void Flush() => _core.Outbox.Flush();

    /// <summary>
    /// Returns a task that completes when every pulled call and exported promise has been answered. Call it after the last message was
    /// received. If the peer cannot be called, promises of the peer then fail, and what still waits when no call runs any more: promises
    /// that wait for each other.
    /// </summary>
    internal async Task SettledAsync()
    {
        if (!_core.Options.AllowCallbacks)
        {
            FailPeerPromises();
            _core.Answers.SetLast();
        }

        Task settled;
        lock (_core.Gate)
        {
            settled = _core.Exports.SettledAsync();
        }

        if (!_core.Options.AllowCallbacks && !settled.IsCompleted)
        {
            await Task.WhenAny(settled, _core.Incoming.StoppedAsync()).ConfigureAwait(false);
            if (!_core.UsesOthers)
            {
                _core.Answers.FailUnanswered();
            }
        }

        await settled.ConfigureAwait(false);
        await FlushAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Returns a task that completes when no call of the peer runs, whether pulled or not, and every pulled call has been answered.
    /// </summary>
    internal async Task FinishedAsync()
    {
        do
        {
            await _core.Incoming.IdleAsync().ConfigureAwait(false);
            await SettledAsync().ConfigureAwait(false);
        }
        while (_core.Incoming.Count > 0);
    }

    /// <summary>Sends the messages written so far. The task completes when the transport has accepted all of them.</summary>
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
