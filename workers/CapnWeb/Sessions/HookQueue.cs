namespace WorkerRpc.CapnWeb.Sessions;

internal enum HookWork
{
    /// <summary>Notify the observers of a settled hook.</summary>
    NotifyObservers,

    /// <summary>Release the resources of a hook.</summary>
    Release,
}

/// <summary>
/// Runs the pending work of hooks in a loop. A recursive call for each hook could overflow the stack when a peer sends a long chain of
/// promises.
/// </summary>
internal static class HookQueue
{
    // The queue is static and per thread, because application code runs between two hooks: a member or a continuation may settle or dispose
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

    // A failure ends only the session of the hook: the work that waits may belong to other sessions, and on a thread of the pool an
    // exception would end the process.
    private static void Execute(Hook hook, HookWork work)
    {
        try
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
        catch (Exception error)
        {
            hook.Session.Fail(error);
        }
    }
}
