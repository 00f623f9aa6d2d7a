namespace WorkerRpc.CapnWeb.Sessions;

internal enum HookWork
{
    /// <summary>Notify the observers of a settled hook.</summary>
    NotifyObservers,

    /// <summary>Release what a hook holds.</summary>
    Release,
}

/// <summary>
/// Runs the work of hooks one after another. Without it, a peer's long chain of promises would become an equally deep stack.
/// </summary>
internal static class HookQueue
{
    // Static and per thread, because application code runs between two hooks: a member or a continuation that settles or disposes
    // other hooks on the same stack. IDisposable.Dispose and IValueTaskSource have no parameter that could carry the queue.
    [ThreadStatic]
    private static Queue<(Hook Hook, HookWork Work)>? s_waiting;

    [ThreadStatic]
    private static bool s_isRunning;

    public static void Run(Hook hook, HookWork work)
    {
        if (s_isRunning)
        {
            (s_waiting ??= new()).Enqueue((hook, work));
            return;
        }

        s_isRunning = true;
        try
        {
            Execute(hook, work);
            while (s_waiting is { Count: > 0 } waiting)
            {
                (Hook next, HookWork nextWork) = waiting.Dequeue();
                Execute(next, nextWork);
            }
        }
        finally
        {
            s_isRunning = false;
        }
    }

    private static void Execute(Hook hook, HookWork work)
    {
        if (work == HookWork.NotifyObservers)
        {
            hook.NotifyObservers();
        }
        else
        {
            hook.OnReleased();
        }
    }
}
