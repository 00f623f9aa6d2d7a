using System.Runtime.CompilerServices;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>When the application may go on where its caller stands, and what it must not see of it there.</summary>
internal static class CallersThread
{
    private static readonly ExecutionContext s_none = CaptureNone();

    /// <summary>
    /// Whether the application may run on this thread. Not where its own awaits would come back to a scheduler of the
    /// caller's, which may be waiting for the application; and not where calls within calls have used up the stack.
    /// </summary>
    public static bool MayRunApplication =>
        SynchronizationContext.Current is null
        && TaskScheduler.Current == TaskScheduler.Default
        && RuntimeHelpers.TryEnsureSufficientExecutionStack();

    /// <summary>Runs the application's first part: inline where it may, else on the thread pool.</summary>
    public static void Run(InlineExchange exchange)
    {
        if (MayRunApplication)
        {
            // As through a socket, the application sees no async local of its caller's, and leaves none behind.
            ExecutionContext.Run(s_none, static state => ((InlineExchange)state!).Run(), exchange);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(static exchange => exchange.Run(), exchange, preferLocal: true);
        }
    }

    private static ExecutionContext CaptureNone()
    {
        ExecutionContext? none = null;
        // The only thread whose context is empty for sure is one that was given none.
        var thread = new Thread(() => none = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return none!;
    }
}
