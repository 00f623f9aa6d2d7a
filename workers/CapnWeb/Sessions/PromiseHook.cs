using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>A future value. Calls on it are queued in order, and run when the outcome is known.</summary>
internal class PromiseHook(SessionCore session) : Hook(session)
{
    // Guards the links between promises, also those of different sessions. It is the innermost lock.
    private static readonly Lock s_chains = new();

    private List<object>? _waiters;
    private Outcome _outcome;
    private volatile State _state;
    private bool _isReleased;
    private bool _isOutcomeTaken;

    // The length of the longest chain of promises that ends at this one.
    private int _links;

    // A reference that was given as the outcome, but is not kept. It is released when no lock is held.
    private Hook? _unused;

    // The bytes of the outcome's value that are counted in the session's budget.
    private long _held;

    private enum State
    {
        Pending,

        /// <summary>The outcome is known, but observers and calls that were queued earlier are still being handled.</summary>
        Notifying,
        Settled,
    }

    public override bool IsPromise => true;

    /// <summary>Whether nobody holds this hook any more.</summary>
    public bool IsReleased => Volatile.Read(ref _isReleased);

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

    /// <summary>Creates a hook for a value whose bytes the caller has already added to the session's budget.</summary>
    public static PromiseHook Resolved(SessionCore session, Expression<Hook> value, long held)
    {
        var hook = new PromiseHook(session);
        hook.Settle(Outcome.Of(value), held);
        return hook;
    }

    public static PromiseHook Rejected(SessionCore session, Exception error)
    {
        var hook = new PromiseHook(session);
        hook.Settle(Outcome.Failed(error));
        return hook;
    }

    /// <summary>Creates a hook for an error of this side, which is not counted in the session's budget.</summary>
    public static PromiseHook RejectedForAll(SessionCore session, Exception error)
    {
        var hook = new PromiseHook(session);
        hook.Settle(Outcome.Failed(error), 0);
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

    protected override Hook? Successor => _state == State.Settled ? _outcome.Reference : null;

    protected override CallStep Step(PathRest path, Expression<Hook>? arguments)
    {
        Hook end = Unwrap(this);
        if (end != this)
        {
            return arguments is null && path.IsEmpty ? CallStep.Of(end.Duplicate()) : CallStep.GoOnAt(end, path);
        }

        lock (Gate)
        {
            if (MustWait)
            {
                return QueueCall(path, arguments) is { } queued
                    ? CallStep.Of(queued)
                    : throw CallErrors.TooMuchHeld(Session.Limits.MaxHeldBytes);
            }
        }

        return _outcome.Step(Session, path, arguments);
    }

    protected override void ObserveSelf(IOutcomeObserver observer)
    {
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

    /// <summary>Makes a call that was queued, now that the outcome is known. The caller owns the returned hook.</summary>
    private Hook CallSettled(PathRest path, Expression<Hook>? arguments)
    {
        CallStep step;
        try
        {
            step = _outcome.Step(Session, path, arguments);
        }
        catch (Exception error) when (error is (RpcException and not RpcProtocolException) or ObjectDisposedException)
        {
            arguments?.Discard();
            return Rejected(Session, error);
        }

        if (step.Next is not { } next)
        {
            return step.Result!;
        }

        Hook called = next.Call(step.Path, arguments);
        next.Dispose();
        return called;
    }

    /// <summary>
    /// Sets the outcome and takes ownership of it. Returns false if there already was an outcome. The new outcome is then discarded.
    /// </summary>
    public bool Settle(in Outcome outcome)
    {
        long held = outcome.Held(Session);
        if (held == 0 || Session.Held.TryAdd(held))
        {
            return Settle(outcome, held);
        }

        bool isFirst = Settle(Outcome.Failed(Session.Held.TooMuch), 0);
        if (outcome.Value is { } value)
        {
            Session.DiscardLater(value);
        }

        return isFirst;
    }

    /// <summary>Sets an outcome whose bytes the caller has already added to the session's budget.</summary>
    public bool Settle(in Outcome outcome, long held)
    {
        bool isFirst;
        lock (Gate)
        {
            isFirst = TrySettle(outcome, held);
        }

        if (!isFirst)
        {
            Session.Held.Remove(held);
            outcome.Discard();
        }
        else if (_state == State.Notifying)
        {
            HookQueue.Run(this, HookWork.NotifyObservers);
        }

        ReleaseUnused();
        return isFirst;
    }

    public override Outcome TakeOutcome()
    {
        PromiseHook at = this;
        while (true)
        {
            bool isMine = at.TryTakeOutcomeOwnership();
            // From now on the value belongs to the application.
            at.EndHold();
            Outcome outcome = isMine || at._outcome.Error is not null ? at._outcome
                : at._outcome.Reference is { } shared ? Outcome.Of(Unwrap(shared).Duplicate())
                : Outcome.Of(at._outcome.Share());
            if (at != this)
            {
                at.Dispose();
            }

            if (!isMine || outcome.Reference is not PromiseHook { HasOutcome: true } next)
            {
                return outcome;
            }

            at = next;
        }
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
                    ((QueuedCall)one).Run(this);
                    Dispose();
                }
            }
        }

        ReleaseUnused();
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

        Session.Cancel(abandoned);
    }

    /// <summary>Sets the outcome without notifying the observers. The caller holds the lock <see cref="Gate"/>.</summary>
    protected bool TrySettle(in Outcome outcome, long held)
    {
        if (_state != State.Pending)
        {
            return false;
        }

        _held = held;
        if (outcome.Reference is PromiseHook or ForwardedHook or PathHook)
        {
            lock (s_chains)
            {
                Link(outcome);
            }
        }
        else
        {
            SetOutcome(outcome);
        }

        return true;
    }

    // Sets an outcome that is a reference. If the reference is a settled promise, its end is taken instead, which keeps chains short.
    private void Link(in Outcome outcome)
    {
        Hook next = outcome.Reference!;
        Hook end = Unwrap(next);
        if (RefusalOf(next) is { } refusal)
        {
            _unused = next;
            SetOutcome(Outcome.Failed(refusal));
        }
        else if (end != next && end.TryAddHolder())
        {
            _unused = next;
            SetOutcome(Outcome.Of(end));
        }
        else
        {
            SetOutcome(outcome);
        }
    }

    private void SetOutcome(in Outcome outcome)
    {
        _outcome = outcome;
        _state = _waiters is null && !_isReleased ? State.Settled : State.Notifying;
    }

    /// <summary>
    /// Returns the error if this promise must not resolve to a hook: that would close a circle, or make the chain too long. The caller
    /// holds the lock of all chains.
    /// </summary>
    private RpcException? RefusalOf(Hook next)
    {
        int limit = Session.Limits.MaxPromiseChain;
        int links = _links + 1;
        Hook end = next;
        while (end != this && links <= limit && Following(end) is { } following)
        {
            end = following;
            links++;
        }

        if (end == this || links > limit)
        {
            return end == this ? CallErrors.OwnPromise() : CallErrors.TooLongChain(limit);
        }

        if (end is PromiseHook pending)
        {
            pending._links = Math.Max(pending._links, links);
        }

        return null;
    }

    private static Hook? Following(Hook hook) => hook switch
    {
        PromiseHook { _state: not State.Pending } promise => promise._outcome.Reference,
        ForwardedHook forwarded => forwarded.Target,
        PathHook property => property.Owner,
        _ => null,
    };

    /// <summary>Whether a new call must wait for earlier calls. The caller holds the lock <see cref="Gate"/>.</summary>
    protected virtual bool MustWait => _state != State.Settled;

    /// <summary>Whether the hook gets an outcome. It is false for a stub of the peer.</summary>
    protected virtual bool HasOutcome => true;

    /// <summary>
    /// Queues a call until the outcome is known. Returns null if the session keeps too many bytes already. The caller holds the lock
    /// <see cref="Gate"/>.
    /// </summary>
    protected virtual Hook? QueueCall(PathRest path, Expression<Hook>? arguments)
    {
        long held = HeldBytes.EntryBytes + path.Keep() + (arguments is null ? 0 : HeldBytes.Of(arguments));
        if (!Session.Held.TryAdd(held))
        {
            return null;
        }

        // The queued call becomes a holder of this hook, so that the hook is not seen as abandoned.
        if (!TryAddHolder())
        {
            Session.Held.Remove(held);
            throw new ObjectDisposedException(nameof(RpcStub), "This reference has been released.");
        }

        var call = new QueuedCall(path, arguments, new PromiseHook(Session), held);
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

    private void EndHold()
    {
        if (Interlocked.Exchange(ref _held, 0) is > 0 and var held)
        {
            Session.Held.Remove(held);
        }
    }

    private void ReleaseUnused() => Interlocked.Exchange(ref _unused, null)?.Dispose();

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
            EndHold();
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

    private sealed record QueuedCall(PathRest Path, Expression<Hook>? Arguments, PromiseHook Result, long Held)
    {
        public void Run(PromiseHook promise)
        {
            promise.Session.Held.Remove(Held);
            Result.Settle(Outcome.Of(promise.CallSettled(Path, Arguments)));
        }
    }
}
