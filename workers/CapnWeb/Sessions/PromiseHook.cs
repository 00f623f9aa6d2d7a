using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>A future value. Calls on it are queued in order and run on the outcome.</summary>
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

        /// <summary>The outcome is known, but earlier observers and calls come first.</summary>
        Notifying,
        Settled,
    }

    public override bool IsPromise => true;

    /// <summary>Whether the outcome is unknown. Only exact under the gate.</summary>
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

    /// <summary>Follows settled promises to the hook of their result. The caller does not own it.</summary>
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

    /// <summary>Sets the outcome and takes ownership of it. False if there already was one; the new one is then discarded.</summary>
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

    /// <summary>Under the gate: sets the outcome without notifying anybody.</summary>
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

    /// <summary>Under the gate: whether a call must wait for earlier ones.</summary>
    protected virtual bool MustWait => _state != State.Settled;

    /// <summary>Under the gate: queues a call until the outcome is known.</summary>
    protected virtual Hook QueueCall(byte[] path, Expression<Hook>? arguments)
    {
        var call = new QueuedCall(path, arguments, new PromiseHook(Session));
        // The queued call holds this hook, so that it does not count as abandoned.
        Duplicate();
        (_waiters ??= []).Add(call);
        return call.Result;
    }

    /// <summary>Under the gate: called for every observer that has to wait.</summary>
    protected virtual void OnObserved()
    {
    }

    /// <summary>Under the gate: the last holder has released a pending hook. The caller cancels the returned source.</summary>
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
