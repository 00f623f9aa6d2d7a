using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>Runs the application on the current thread if that is safe, otherwise on the thread pool.</summary>
internal sealed class ApplicationScheduler : PipeScheduler
{
    public static readonly ApplicationScheduler Shared = new();

    private static readonly ExecutionContext s_emptyContext = CaptureEmptyContext();

    private ApplicationScheduler()
    {
    }

    // The current thread is not safe if it has a synchronization context or a task scheduler: the application's awaits would
    // continue there, but its thread may be waiting for the application. It is not safe either if nested calls have used up the
    // stack.
    private static bool IsCurrentThreadSafe =>
        SynchronizationContext.Current is null
        && TaskScheduler.Current == TaskScheduler.Default
        && RuntimeHelpers.TryEnsureSufficientExecutionStack();

    /// <summary>Starts the application in an empty execution context, so that it does not see the caller's async locals.</summary>
    public void Start(InlineExchange exchange) => Schedule(
        static state => ExecutionContext.Run(s_emptyContext, static state => ((InlineExchange)state!).Run(), state), exchange);

    public override void Schedule(Action<object?> action, object? state)
    {
        if (IsCurrentThreadSafe)
        {
            action(state);
        }
        else
        {
            System.Threading.ThreadPool.UnsafeQueueUserWorkItem(action, state, preferLocal: true);
        }
    }

    private static ExecutionContext CaptureEmptyContext()
    {
        ExecutionContext? empty = null;
        // The new thread has an empty execution context, because UnsafeStart does not pass the current context on.
        var thread = new Thread(() => empty = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return empty!;
    }
}
