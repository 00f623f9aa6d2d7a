using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// An entry of the peer's table: a stub, the result of a call, or a promise. The session's lock guards it, so that messages about
/// it leave in the order of the calls.
/// </summary>
internal sealed class ImportHook(SessionCore session, long id, ImportKind kind) : PromiseHook(session)
{
    public long Id { get; } = id;

    /// <summary>How often the peer has mentioned it. The release names this number.</summary>
    public long Count { get; set; } = 1;

    /// <summary>Under the lock: whether the peer still has the entry.</summary>
    public bool IsOnWire { get; set; } = true;

    public bool IsPulled { get; set; }

    public ImportKind Kind { get; } = kind;

    public override bool IsPromise => Kind != ImportKind.Stub;

    /// <summary>Under the lock: whether a call goes to the peer, and not to a result that has arrived.</summary>
    public bool IsDirect => IsOnWire && IsPending;

    protected override object Gate => Session.Gate;

    protected override bool MustWait => IsPending;

    public override Hook Call(byte[] path, Expression<Hook>? arguments)
    {
        Hook called = base.Call(path, arguments);
        Session.RunDeferred();
        return called;
    }

    public override void Observe(IOutcomeObserver observer)
    {
        if (Kind == ImportKind.Stub)
        {
            observer.OnSettled(Outcome.Of(this));
            return;
        }

        base.Observe(observer);
        Session.RunDeferred();
        if (!observer.FlushesItself)
        {
            Session.FlushSoon();
        }
    }

    public override Outcome TakeOutcome() => Kind == ImportKind.Stub ? Outcome.Of(Duplicate()) : base.TakeOutcome();

    internal override void OnReleased()
    {
        lock (Gate)
        {
            Session.ReleaseImport(this);
        }

        base.OnReleased();
        Session.RunDeferred();
    }

    /// <summary>Under the lock: sets the outcome. Notify the observers outside the lock.</summary>
    public bool TryEnd(in Outcome outcome) => TrySettle(outcome);

    protected override Hook QueueCall(byte[] path, Expression<Hook>? arguments) => Session.Outgoing.Push(this, path, arguments);

    protected override void OnObserved() => Session.Outgoing.Pull(this);
}

/// <summary>How an import came about.</summary>
internal enum ImportKind
{
    /// <summary>The peer exported a stub.</summary>
    Stub,

    /// <summary>It is the result of a call. The peer sends it when it is pulled.</summary>
    Call,

    /// <summary>The peer exported a promise. The peer resolves it without a pull.</summary>
    Promise,
}
