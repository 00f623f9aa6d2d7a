using System.Runtime.CompilerServices;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Counts how often an object is offered, over all sessions, and disposes it when that is over.
/// An object that was never offered, or is neither <see cref="IDisposable"/> nor <see cref="IAsyncDisposable"/>, is left alone.</summary>
internal static class TargetLife
{
    private static readonly ConditionalWeakTable<object, StrongBox<int>> Offers = [];

    public static void Begin(object target)
    {
        if (target is IDisposable or IAsyncDisposable)
        {
            Interlocked.Increment(ref Offers.GetValue(target, static _ => new StrongBox<int>()).Value);
        }
    }

    public static void End(object target, SessionCore session)
    {
        if (Offers.TryGetValue(target, out StrongBox<int>? offers) && Interlocked.Decrement(ref offers.Value) == 0)
        {
            session.Running.Dispose(target);
        }
    }
}
