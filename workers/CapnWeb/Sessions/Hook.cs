using WorkerRpc.CapnWeb.Values;
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
    /// The hook whose outcome is this hook's outcome, such as the one that a promise has resolved to. It is null for the end of such a
    /// chain. This hook keeps ownership.
    /// </summary>
    protected virtual Hook? Successor => null;

    /// <summary>
    /// Calls the member at the path, or reads a property if there are no arguments. Takes ownership of the arguments. The caller owns the
    /// returned hook. The peer decides how long the path and the chain of promises are, so they are followed in a loop.
    /// </summary>
    public Hook Call(PathRest path, Expression<Hook>? arguments)
    {
        Hook at = this;
        try
        {
            while (true)
            {
                CallStep step = at.Step(path, arguments);
                if (at != this)
                {
                    at.Dispose();
                }

                if (step.Result is { } result)
                {
                    return result;
                }

                at = step.Next!;
                path = step.Path;
            }
        }
        catch (Exception error) when (error is (RpcException and not RpcProtocolException) or ObjectDisposedException)
        {
            // A step that fails has not used the arguments.
            path.Work?.SpendFault();
            arguments?.Discard();
            if (at != this)
            {
                at.Dispose();
            }

            return PromiseHook.Rejected(Session, error);
        }
    }

    /// <summary>
    /// Notifies the observer once: immediately if the outcome is known, otherwise when it becomes known. The hook keeps ownership of the
    /// outcome.
    /// </summary>
    public void Observe(IOutcomeObserver observer)
    {
        Hook at = this;
        while (at.Successor is { } next)
        {
            at = next;
        }

        at.ObserveSelf(observer);
    }

    /// <summary>Follows the path by one step. If the step throws, it has not taken ownership of the arguments.</summary>
    /// <exception cref="RpcException">The path leads nowhere, or costs too much work.</exception>
    /// <exception cref="ObjectDisposedException">A reference on the way has been released.</exception>
    protected abstract CallStep Step(PathRest path, Expression<Hook>? arguments);

    /// <summary>Notifies the observer of this hook's outcome. It runs only if there is no <see cref="Successor"/>.</summary>
    protected virtual void ObserveSelf(IOutcomeObserver observer) => observer.OnSettled(Outcome.Of(this));

    /// <summary>
    /// Returns the settled outcome, which the caller owns. If the caller is the only holder, the outcome is moved and not copied. Calls
    /// through this hook still work until the caller releases the outcome.
    /// </summary>
    public virtual Outcome TakeOutcome() => Outcome.Of(Duplicate());

    /// <summary>Follows a property path. The caller owns the returned hook.</summary>
    public Hook Get(PathRest path) => path.IsEmpty ? Duplicate() : Call(path, null);

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
