using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// What a stub refers to: an object of this process, an object of the peer, or a promise of either. A hook counts its holders.
/// PROTOCOL.md, "Who owns and disposes what", has the rules.
/// </summary>
internal abstract class Hook(SessionCore session)
{
    private int _holders = 1;

    /// <summary>The session that created the hook. Its serializer and limits apply.</summary>
    public SessionCore Session { get; } = session;

    /// <summary>Whether the hook is a future value. Such a hook is replaced before the application sees the value.</summary>
    public abstract bool IsPromise { get; }

    /// <summary>
    /// Calls a member, or reads a property if there are no arguments. Takes ownership of the arguments. The caller owns the result.
    /// </summary>
    public abstract Hook Call(byte[] path, Expression<Hook>? arguments);

    /// <summary>Notifies the observer once: now, or when the outcome is known. The hook keeps ownership of the outcome.</summary>
    public abstract void Observe(IOutcomeObserver observer);

    /// <summary>
    /// The settled outcome, owned by the caller. The only holder takes it; otherwise it is shared. A taken outcome keeps working for
    /// calls through this hook until its new owner releases it.
    /// </summary>
    public virtual Outcome TakeOutcome() => Outcome.Of(Duplicate());

    /// <summary>Follows a property path. The caller owns the result.</summary>
    public Hook Get(byte[] path) => RpcPath.IsRoot(path) ? Duplicate() : Call(path, null);

    /// <summary>Adds a holder.</summary>
    /// <exception cref="ObjectDisposedException">The last holder has released the hook.</exception>
    public Hook Duplicate() =>
        TryAddHolder() ? this : throw new ObjectDisposedException(nameof(RpcStub), "This reference has been released.");

    /// <summary>A hook for the same thing that works even if the stubs behind this one are disposed. The caller owns it.</summary>
    /// <exception cref="ObjectDisposedException">The last holder has released the hook.</exception>
    public virtual Hook DuplicateIndependent() => Duplicate();

    public bool TryAddHolder()
    {
        int seen = Volatile.Read(ref _holders);
        while (seen > 0)
        {
            int found = Interlocked.CompareExchange(ref _holders, seen + 1, seen);
            if (found == seen)
            {
                return true;
            }

            seen = found;
        }

        return false;
    }

    /// <summary>Removes a holder. Not under a session's lock: the last release may run the application's code.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            HookQueue.Run(this, HookWork.Release);
        }
    }

    /// <summary>Whether exactly one holder is left.</summary>
    protected bool HasOneHolder => Volatile.Read(ref _holders) == 1;

    /// <summary>Called when the last holder has released the hook.</summary>
    internal abstract void OnReleased();

    /// <summary>Notifies the waiting observers and runs the queued calls.</summary>
    internal virtual void NotifyObservers()
    {
    }
}

/// <summary>Is notified of a hook's outcome.</summary>
internal interface IOutcomeObserver
{
    /// <summary>Whether the observer itself flushes the pull that observing may have written.</summary>
    bool FlushesItself => false;

    /// <summary>The hook owns the outcome. Share what has to live longer.</summary>
    void OnSettled(in Outcome outcome);
}
