using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// The object behind a stub: a target of this process, an object of the peer, or a promise of either. A hook counts its holders and
/// releases its resources when the last one disposes it. For the rules see PROTOCOL.md, "Who owns and disposes what".
/// </summary>
internal abstract class Hook(SessionCore session)
{
    private int _holders = 1;

    /// <summary>The session that created the hook. Its serializer and limits apply.</summary>
    public SessionCore Session { get; } = session;

    /// <summary>Whether the hook is a future value. The application gets the result instead of such a hook.</summary>
    public abstract bool IsPromise { get; }

    /// <summary>
    /// Calls the member at the path, or reads a property if there are no arguments. Takes ownership of the arguments. The caller owns the
    /// returned hook.
    /// </summary>
    public abstract Hook Call(byte[] path, Expression<Hook>? arguments);

    /// <summary>
    /// Notifies the observer once: immediately if the outcome is known, otherwise when it becomes known. The hook keeps ownership of the
    /// outcome.
    /// </summary>
    public abstract void Observe(IOutcomeObserver observer);

    /// <summary>
    /// Returns the settled outcome, which the caller owns. If the caller is the only holder, the outcome is moved and not copied. Calls
    /// through this hook still work until the caller releases the outcome.
    /// </summary>
    public virtual Outcome TakeOutcome() => Outcome.Of(Duplicate());

    /// <summary>Follows a property path. The caller owns the returned hook.</summary>
    public Hook Get(byte[] path) => RpcPath.IsRoot(path) ? Duplicate() : Call(path, null);

    /// <summary>Adds a holder and returns this hook.</summary>
    /// <exception cref="ObjectDisposedException">The last holder has released the hook.</exception>
    public Hook Duplicate() =>
        TryAddHolder() ? this : throw new ObjectDisposedException(nameof(RpcStub), "This reference has been released.");

    /// <summary>
    /// Returns a hook for the same object. It works even if the stubs behind this hook are disposed. The caller owns the returned hook.
    /// </summary>
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

    /// <summary>
    /// Removes a holder. Do not call it while holding a session's lock, because the last release may run the application's code.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            HookQueue.Run(this, HookWork.Release);
        }
    }

    /// <summary>Whether exactly one holder is left.</summary>
    protected bool HasOneHolder => Volatile.Read(ref _holders) == 1;

    /// <summary>Releases the hook's resources, after the last holder has disposed it.</summary>
    internal abstract void OnReleased();

    /// <summary>Notifies the waiting observers and runs the queued calls.</summary>
    internal virtual void NotifyObservers()
    {
    }
}

/// <summary>An object that a hook notifies of its outcome.</summary>
internal interface IOutcomeObserver
{
    /// <summary>Whether the observer itself flushes the pull message that the hook may write when it is observed.</summary>
    bool FlushesItself => false;

    /// <summary>Receives the outcome. The hook owns it, so share the parts that must live longer.</summary>
    void OnSettled(in Outcome outcome);
}
