using System.Runtime.CompilerServices;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// Counts the hooks of each target over all sessions. Disposes the target when its last hook is released, if the target is disposable.
/// </summary>
internal static class TargetLifetime
{
    private static readonly ConditionalWeakTable<object, StrongBox<int>> s_offers = [];

    public static void Begin(object target)
    {
        if (target is IDisposable or IAsyncDisposable)
        {
            Interlocked.Increment(ref s_offers.GetValue(target, static _ => new StrongBox<int>()).Value);
        }
    }

    public static void End(object target, SessionCore session)
    {
        if (s_offers.TryGetValue(target, out StrongBox<int>? offers) && Interlocked.Decrement(ref offers.Value) == 0)
        {
            session.Incoming.Dispose(target);
        }
    }
}
