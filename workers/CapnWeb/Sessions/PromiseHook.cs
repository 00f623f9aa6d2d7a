using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>A value to come. Calls on it wait in order and go on to what it turns out to be.</summary>
internal class PromiseHook(SessionCore session) : Hook(session)
{
    private List<object>? _waiting;
    private Outcome _outcome;
    private volatile State _state;
    private bool _isReleased;
    private bool _isSurrendered;

    private enum State
    {
        Pending,

        /// <summary>Known, but those who waited come first.</summary>
        Draining,
        Settled,
    }

    public override bool IsPromise => true;

    /// <summary>Whether nothing is known yet. Certain only under the gate.</summary>
    protected bool IsPending => _state == State.Pending;

    /// <summary>Guards the state.</summary>
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

    /// <summary>What a chain of promises leads to so far; still the holders' of the first one.</summary>
    public static Hook End(Hook hook)
    {
        while (hook is PromiseHook { _state: State.Settled, _outcome.Reference: { } next })
        {
            hook = next;
        }
        return hook;
    }

    public override Hook Call(byte[] path, Expression<Hook>? arguments)
    {
        Hook end = End(this);
        if (end != this)
        {
            return arguments is null ? end.Get(path) : end.Call(path, arguments);
        }
        lock (Gate)
        {
            if (MustWait)
            {
                return CallLater(path, arguments);
            }
        }
        return _outcome.Call(Session, path, arguments);
    }

    public override void Ask(IAsker asker)
    {
        Hook end = End(this);
        if (end != this)
        {
            end.Ask(asker);
            return;
        }
        lock (Gate)
        {
            if (_state != State.Settled)
            {
                (_waiting ??= []).Add(asker);
                OnAsked();
                return;
            }
        }
        Tell(asker);
    }

    /// <summary>Becomes what the outcome says, which it takes over; too late where it has become something already.</summary>
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
        else if (_state == State.Draining)
        {
            Turn.Run(this, TurnWork.Drain);
        }
        return isFirst;
    }

    public override Outcome TakeOutcome()
    {
        if (_outcome.Error is not null)
        {
            return _outcome;
        }
        if (!TrySurrender())
        {
            return _outcome.Reference is { } shared ? Outcome.Of(End(shared).Duplicate()) : Outcome.Of(_outcome.Share());
        }
        if (_outcome.Reference is not PromiseHook next)
        {
            return _outcome;
        }
        Outcome outcome = next.TakeOutcome();
        next.Dispose();
        return outcome;
    }

    internal override void Drain()
    {
        while (TryTakeWaiting(out List<object> waiting))
        {
            foreach (object one in waiting)
            {
                if (one is IAsker asker)
                {
                    Tell(asker);
                }
                else
                {
                    ((WaitingCall)one).Run(Session, _outcome);
                    Dispose();
                }
            }
        }
        if (_isReleased)
        {
            LetGo();
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
            LetGo();
        }
        abandoned?.Cancel();
    }

    /// <summary>Under the gate: becomes the outcome, without telling anybody yet.</summary>
    protected bool TrySettle(in Outcome outcome)
    {
        if (_state != State.Pending)
        {
            return false;
        }
        _outcome = outcome;
        _state = _waiting is null && !_isReleased ? State.Settled : State.Draining;
        return true;
    }

    /// <summary>Under the gate: whether a call cannot go straight to the outcome.</summary>
    protected virtual bool MustWait => _state != State.Settled;

    /// <summary>Under the gate: makes a call that goes on when this is known.</summary>
    protected virtual Hook CallLater(byte[] path, Expression<Hook>? arguments)
    {
        var call = new WaitingCall(path, arguments, new PromiseHook(Session));
        // What waits holds this, so that nobody takes the call for abandoned.
        Duplicate();
        (_waiting ??= []).Add(call);
        return call.Result;
    }

    /// <summary>Under the gate: somebody wants to know.</summary>
    protected virtual void OnAsked()
    {
    }

    /// <summary>Under the gate: nobody wants to know any more. What it gives is cancelled.</summary>
    protected virtual CancellationTokenSource? OnAbandoned() => null;

    private void Tell(IAsker asker)
    {
        if (_outcome.Reference is { } next)
        {
            next.Ask(asker);
        }
        else
        {
            asker.Settled(_outcome);
        }
    }

    private bool TrySurrender()
    {
        lock (Gate)
        {
            bool isMine = _state != State.Pending && !_isSurrendered && HasOneHolder;
            _isSurrendered |= isMine;
            return isMine;
        }
    }

    private void LetGo()
    {
        bool isMine;
        lock (Gate)
        {
            isMine = !_isSurrendered;
            _isSurrendered = true;
        }
        if (isMine)
        {
            _outcome.Discard();
        }
    }

    private bool TryTakeWaiting(out List<object> waiting)
    {
        lock (Gate)
        {
            waiting = _waiting!;
            _waiting = null;
            if (waiting is null)
            {
                _state = State.Settled;
            }
            return waiting is not null;
        }
    }

    private sealed record WaitingCall(byte[] Path, Expression<Hook>? Arguments, PromiseHook Result)
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
