using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// The hook for an entry of the peer's table: a stub, the result of a call, or a promise. The session's lock guards its state, so that
/// messages about the entry are sent in the order of the calls.
/// </summary>
internal sealed class ImportHook(SessionCore session, long id, ImportKind kind) : PromiseHook(session)
{
    public long Id { get; } = id;

    /// <summary>How often the peer has sent this reference. The release message contains this number.</summary>
    public long Count { get; set; } = 1;

    /// <summary>Whether the peer still has the entry. The caller holds the session's lock.</summary>
    public bool IsOnWire { get; set; } = true;

    public bool IsPulled { get; set; }

    public ImportKind Kind { get; } = kind;

    public override bool IsPromise => Kind != ImportKind.Stub;

    /// <summary>
    /// Whether a call through this hook is sent to the peer. Otherwise it runs on a result that has already arrived. The caller holds the
    /// session's lock.
    /// </summary>
    public bool IsDirect => IsOnWire && IsPending;

    protected override object Gate => Session.Gate;

    protected override bool MustWait => IsPending;

    protected override bool HasOutcome => Kind != ImportKind.Stub;

    protected override CallStep Step(PathRest path, Expression<Hook>? arguments)
    {
        CallStep step = base.Step(path, arguments);
        Session.RunDeferred();
        return step;
    }

    protected override void ObserveSelf(IOutcomeObserver observer)
    {
        if (Kind == ImportKind.Stub)
        {
            observer.OnSettled(Outcome.Of(this));
            return;
        }

        base.ObserveSelf(observer);
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

    /// <summary>Sets the outcome. The caller holds the session's lock, and notifies the observers after it has released the lock.</summary>
    public bool TryEnd(in Outcome outcome, long held) => TrySettle(outcome, held);

    protected override Hook? QueueCall(PathRest path, Expression<Hook>? arguments) => Session.Outgoing.Push(this, path.Text, arguments);

    protected override void OnObserved() => Session.Outgoing.Pull(this);
}

/// <summary>The reason why an import exists.</summary>
internal enum ImportKind
{
    /// <summary>The peer exported a stub.</summary>
    Stub,

    /// <summary>The import is the result of a call. The peer sends the result when this side pulls it.</summary>
    Call,

    /// <summary>The peer exported a promise. The peer sends its result without a pull.</summary>
    Promise,
}
