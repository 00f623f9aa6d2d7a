using System.Runtime.CompilerServices;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// Counts the hooks of each target over all sessions. Disposes the target when its last hook is released, if the target is disposable. A
/// target that any session was given as foreign is never disposed, also when a peer gets it a second time as an ordinary object.
/// </summary>
internal static class TargetLifetime
{
    private static readonly ConditionalWeakTable<object, Offers> s_offers = [];

    /// <summary>Records a new hook of a target.</summary>
    /// <param name="target">The target.</param>
    /// <param name="isForeign">Whether other code disposes the target. Such a hook has no end here.</param>
    public static void Begin(object target, bool isForeign)
    {
        if (target is IDisposable or IAsyncDisposable)
        {
            s_offers.GetValue(target, static _ => new Offers()).Begin(isForeign);
        }
    }

    public static void End(object target, SessionCore session)
    {
        if (s_offers.TryGetValue(target, out Offers? offers) && offers.End())
        {
            session.Incoming.Dispose(target);
        }
    }

    private sealed class Offers
    {
        private int _hooks;
        private bool _isForeign;

        public void Begin(bool isForeign)
        {
            lock (this)
            {
                _isForeign |= isForeign;
                _hooks += isForeign ? 0 : 1;
            }
        }

        /// <returns>True if the target must be disposed.</returns>
        public bool End()
        {
            lock (this)
            {
                return --_hooks == 0 && !_isForeign;
            }
        }
    }
}
