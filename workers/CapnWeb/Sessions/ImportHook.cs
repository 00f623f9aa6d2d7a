using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Something of the peer's: a stub, the result of a call to it, or a promise that it gave.
/// Guarded by the session's lock, so that what is sent about it stands in the order in which it was done.</summary>
internal sealed class ImportHook(SessionCore session, long id, ImportKind kind) : PromiseHook(session)
{
    public long Id { get; } = id;

    /// <summary>How often the peer mentioned it; what its release says.</summary>
    public long Count { get; set; } = 1;

    /// <summary>Whether the peer still knows it. Under the lock.</summary>
    public bool IsOnWire { get; set; } = true;

    public bool IsPulled { get; set; }

    public ImportKind Kind { get; } = kind;

    public override bool IsPromise => Kind != ImportKind.Stub;

    /// <summary>Under the lock: whether a call goes to the peer, and not to what it has resolved to.</summary>
    public bool IsDirect => IsOnWire && IsPending;

    protected override object Gate => Session.Gate;

    protected override bool MustWait => IsPending;

    public override Hook Call(byte[] path, Expression<Hook>? arguments)
    {
        Hook called = base.Call(path, arguments);
        Session.AfterLock();
        return called;
    }

    public override void Ask(IAsker asker)
    {
        if (Kind == ImportKind.Stub)
        {
            asker.Settled(Outcome.Of(this));
            return;
        }
        base.Ask(asker);
        Session.AfterLock();
        if (!asker.SendsItself)
        {
            Session.FlushSoon();
        }
    }

    public override Outcome TakeOutcome() => Kind == ImportKind.Stub ? Outcome.Of(Duplicate()) : base.TakeOutcome();

    internal override void OnReleased()
    {
        lock (Gate)
        {
            Session.LetGo(this);
        }
        base.OnReleased();
        Session.AfterLock();
    }

    /// <summary>Under the lock: the peer, or the session's end, says what it is. To be drained outside.</summary>
    public bool TryEnd(in Outcome outcome) => TrySettle(outcome);

    protected override Hook CallLater(byte[] path, Expression<Hook>? arguments) => Session.Calls.Push(this, path, arguments);

    protected override void OnAsked() => Session.Calls.Pull(this);
}

/// <summary>How the peer's entry came about.</summary>
internal enum ImportKind
{
    /// <summary>It was exported: a stub.</summary>
    Stub,

    /// <summary>It is a call's result; resolved when it is pulled.</summary>
    Call,

    /// <summary>It is a promise that the peer gave; resolved by itself.</summary>
    Promise,
}
