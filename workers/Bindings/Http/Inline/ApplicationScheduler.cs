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

    // Not safe with a synchronization context or task scheduler: the application's awaits would continue on that scheduler,
    // which may be waiting for the application. Not safe either when nested calls have used up the stack.
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
        // UnsafeStart passes no execution context to the new thread.
        var thread = new Thread(() => empty = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return empty!;
    }
}
