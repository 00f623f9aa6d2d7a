namespace WorkerRpc.CapnWeb.Sessions;

internal enum TurnWork
{
    /// <summary>Tell those who wait for a hook.</summary>
    Drain,

    /// <summary>Let go of what a hook holds.</summary>
    Release,
}

/// <summary>Work that one hook's end makes for others, one after another: a chain of promises as long as a peer likes must not
/// become a stack as deep.</summary>
internal static class Turn
{
    [ThreadStatic]
    private static Queue<(Hook Hook, TurnWork Work)>? t_waiting;

    [ThreadStatic]
    private static bool t_isRunning;

    public static void Run(Hook hook, TurnWork work)
    {
        if (t_isRunning)
        {
            (t_waiting ??= new()).Enqueue((hook, work));
            return;
        }
        t_isRunning = true;
        try
        {
            Do(hook, work);
            while (t_waiting is { Count: > 0 } waiting)
            {
                (Hook next, TurnWork nextWork) = waiting.Dequeue();
                Do(next, nextWork);
            }
        }
        finally
        {
            t_isRunning = false;
        }
    }

    private static void Do(Hook hook, TurnWork work)
    {
        if (work == TurnWork.Drain)
        {
            hook.Drain();
        }
        else
        {
            hook.OnReleased();
        }
    }
}
