using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>A future value. Calls on it are queued in order, and run when the outcome is known.</summary>
internal class PromiseHook(SessionCore session) : Hook(session)
{
    private List<object>? _waiters;
    private Outcome _outcome;
    private volatile State _state;
    private bool _isReleased;
    private bool _isOutcomeTaken;

    private enum State
    {
        Pending,

        /// <summary>The outcome is known, but observers and calls that were queued earlier are still being handled.</summary>
        Notifying,
        Settled,
    }

    public override bool IsPromise => true;

    /// <summary>Whether the outcome is still unknown. The answer can be outdated unless the caller holds the lock.</summary>
    protected bool IsPending => _state == State.Pending;

    /// <summary>The lock that guards the state.</summary>
    protected virtual object Gate => this;

    public static PromiseHook Resolved(SessionCore session, Expression<Hook> value)
    {
        var hook = new PromiseHook(session);
        hook.Settle(Outcome.Of(value));
        return hook;
    }

    public static PromiseHook Rejected(SessionCore session, Exception error)
    {
        var hook = new PromiseHook(session);
        hook.Settle(Outcome.Failed(error));
        return hook;
    }

    /// <summary>Returns the hook that a chain of settled promises leads to. The caller does not own it.</summary>
    public static Hook Unwrap(Hook hook)
    {
        while (hook is PromiseHook { _state: State.Settled, _outcome.Reference: { } next })
        {
            hook = next;
        }

        return hook;
    }

    public override Hook Call(byte[] path, Expression<Hook>? arguments)
    {
        Hook end = Unwrap(this);
        if (end != this)
        {
            return arguments is null ? end.Get(path) : end.Call(path, arguments);
        }

        lock (Gate)
        {
            if (MustWait)
            {
                return QueueCall(path, arguments);
            }
        }

        return _outcome.Call(Session, path, arguments);
    }

    public override void Observe(IOutcomeObserver observer)
    {
        Hook end = Unwrap(this);
        if (end != this)
        {
            end.Observe(observer);
            return;
        }

        lock (Gate)
        {
            if (_state != State.Settled)
            {
                (_waiters ??= []).Add(observer);
                OnObserved();
                return;
            }
        }

        Notify(observer);
    }

    /// <summary>
    /// Sets the outcome and takes ownership of it. Returns false if there already was an outcome. The new outcome is then discarded.
    /// </summary>
    public bool Settle(in Outcome outcome)
    {
        bool isFirst;
        lock (Gate)
        {
            isFirst = TrySettle(outcome);
        }

        if (!isFirst)
        {
            outcome.Discard();
        }
        else if (_state == State.Notifying)
        {
            HookQueue.Run(this, HookWork.NotifyObservers);
        }

        return isFirst;
    }

    public override Outcome TakeOutcome()
    {
        if (_outcome.Error is not null)
        {
            return _outcome;
        }

        if (!TryTakeOutcomeOwnership())
        {
            return _outcome.Reference is { } shared ? Outcome.Of(Unwrap(shared).Duplicate()) : Outcome.Of(_outcome.Share());
        }

        if (_outcome.Reference is not PromiseHook next)
        {
            return _outcome;
        }

        Outcome outcome = next.TakeOutcome();
        next.Dispose();
        return outcome;
    }

    internal override void NotifyObservers()
    {
        while (TryTakeWaiters(out List<object> waiting))
        {
            foreach (object one in waiting)
            {
                if (one is IOutcomeObserver observer)
                {
                    Notify(observer);
                }
                else
                {
                    ((QueuedCall)one).Run(Session, _outcome);
                    Dispose();
                }
            }
        }

        if (_isReleased)
        {
            ReleaseOutcome();
        }
    }

    internal override void OnReleased()
    {
        CancellationTokenSource? abandoned = null;
        bool isSettled;
        lock (Gate)
        {
            _isReleased = true;
            isSettled = _state == State.Settled;
            if (_state == State.Pending)
            {
                abandoned = OnAbandoned();
            }
        }

        if (isSettled)
        {
            ReleaseOutcome();
        }

        abandoned?.Cancel();
    }

    /// <summary>Sets the outcome without notifying the observers. The caller holds the lock <see cref="Gate"/>.</summary>
    protected bool TrySettle(in Outcome outcome)
    {
        if (_state != State.Pending)
        {
            return false;
        }

        _outcome = outcome;
        _state = _waiters is null && !_isReleased ? State.Settled : State.Notifying;
        return true;
    }

    /// <summary>Whether a new call must wait for earlier calls. The caller holds the lock <see cref="Gate"/>.</summary>
    protected virtual bool MustWait => _state != State.Settled;

    /// <summary>Queues a call until the outcome is known. The caller holds the lock <see cref="Gate"/>.</summary>
    protected virtual Hook QueueCall(byte[] path, Expression<Hook>? arguments)
    {
        var call = new QueuedCall(path, arguments, new PromiseHook(Session));
        // The queued call becomes a holder of this hook, so that the hook is not seen as abandoned.
        Duplicate();
        (_waiters ??= []).Add(call);
        return call.Result;
    }

    /// <summary>Runs for every observer that has to wait. The caller holds the lock <see cref="Gate"/>.</summary>
    protected virtual void OnObserved()
    {
    }

    /// <summary>
    /// Runs when the last holder has disposed a hook without an outcome. The caller holds the lock <see cref="Gate"/>, and cancels the
    /// returned source later.
    /// </summary>
    protected virtual CancellationTokenSource? OnAbandoned() => null;

    private void Notify(IOutcomeObserver observer)
    {
        if (_outcome.Reference is { } next)
        {
            next.Observe(observer);
        }
        else
        {
            observer.OnSettled(_outcome);
        }
    }

    private bool TryTakeOutcomeOwnership()
    {
        lock (Gate)
        {
            bool isMine = _state != State.Pending && !_isOutcomeTaken && HasOneHolder;
            _isOutcomeTaken |= isMine;
            return isMine;
        }
    }

    private void ReleaseOutcome()
    {
        bool isMine;
        lock (Gate)
        {
            isMine = !_isOutcomeTaken;
            _isOutcomeTaken = true;
        }

        if (isMine)
        {
            _outcome.Discard();
        }
    }

    private bool TryTakeWaiters(out List<object> waiting)
    {
        lock (Gate)
        {
            waiting = _waiters!;
            _waiters = null;
            if (waiting is null)
            {
                _state = State.Settled;
            }

            return waiting is not null;
        }
    }

    private sealed record QueuedCall(byte[] Path, Expression<Hook>? Arguments, PromiseHook Result)
    {
        public void Run(SessionCore session, in Outcome outcome)
        {
            try
            {
                Result.Settle(Outcome.Of(outcome.Call(session, Path, Arguments)));
            }
            catch (ObjectDisposedException error)
            {
                Result.Settle(Outcome.Failed(error));
            }
        }
    }
}
