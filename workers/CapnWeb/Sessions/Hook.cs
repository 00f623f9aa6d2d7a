using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>What a reference leads to, without the application's wrapping: an object here, one of the peer, a promise of either.
/// Counts its holders: whoever keeps one duplicates it and disposes it.</summary>
internal abstract class Hook(SessionCore session)
{
    private int _holders = 1;

    /// <summary>The session that made it, whose serializer and limits it works with.</summary>
    public SessionCore Session { get; } = session;

    /// <summary>Whether it stands for a value to come, by which it is replaced before the application sees it.</summary>
    public abstract bool IsPromise { get; }

    /// <summary>Calls a member, or reads a property where there are no arguments. Takes the arguments over; the result is the caller's.</summary>
    public abstract Hook Call(byte[] path, Expression<Hook>? arguments);

    /// <summary>Tells the asker once what this is, now or when it is known. The asker's duplicates apart, the hook keeps what it tells.</summary>
    public abstract void Ask(IAsker asker);

    /// <summary>What an asker was told, as the caller's own: handed over where nobody else holds this, else shared. This stays
    /// usable as long as the new owner keeps it.</summary>
    public virtual Outcome TakeOutcome() => Outcome.Of(Duplicate());

    /// <summary>What a path leads to; the caller's.</summary>
    public Hook Get(byte[] path) => RpcPath.IsRoot(path) ? Duplicate() : Call(path, null);

    /// <summary>One more holder.</summary>
    /// <exception cref="ObjectDisposedException">The last holder has let go.</exception>
    public Hook Duplicate() => TryHold() ? this : throw new ObjectDisposedException(nameof(RpcStub), "This reference has been given back.");

    /// <summary>What leads there by itself, whatever becomes of the stubs that led here; the caller's.</summary>
    /// <exception cref="ObjectDisposedException">The last holder has let go.</exception>
    public virtual Hook Keep() => Duplicate();

    public bool TryHold()
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

    /// <summary>One holder less. Not under a session's lock: the last one may end up in the application's code.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            Turn.Run(this, TurnWork.Release);
        }
    }

    /// <summary>Whether one holder alone is left.</summary>
    protected bool HasOneHolder => Volatile.Read(ref _holders) == 1;

    /// <summary>The last holder has let go.</summary>
    internal abstract void OnReleased();

    /// <summary>Tells whoever has waited.</summary>
    internal virtual void Drain()
    {
    }
}

/// <summary>Waits for what a hook turns out to be.</summary>
internal interface IAsker
{
    /// <summary>Whether who asks also sees to it that the question leaves.</summary>
    bool SendsItself => false;

    /// <summary>The outcome is the hook's: duplicate what is to be kept.</summary>
    void Settled(in Outcome outcome);
}
