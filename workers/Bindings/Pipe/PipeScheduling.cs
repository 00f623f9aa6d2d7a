using System.IO.Pipelines;

namespace WorkerRpc.Bindings.Pipe;

/// <summary>Where an end of a connection goes on when the other has written.</summary>
public enum PipeScheduling
{
    /// <summary>
    /// On the writer's own thread, for what it has written: that saves two wake-ups of a thread a call. Where more has come
    /// by then, on the thread pool, so that the writer gets its thread back. A function that blocks its thread holds up
    /// the calls behind it, and a caller that does so what others are answered.
    /// </summary>
    Inline,

    /// <summary>Always on the thread pool, each call's function on its own: for functions that may block.</summary>
    ThreadPool,
}

/// <summary>Tells a loop that reads from a pipe when to leave the thread that it was resumed on.</summary>
/// <param name="scheduling">Where the loop is resumed.</param>
internal struct BorrowedThread(PipeScheduling scheduling)
{
    private bool _isBorrowed;

    /// <summary>
    /// Whether the loop has to go on elsewhere: it has read once since it was resumed inline, and there is more. Without
    /// that, a caller whose flush resumed it would serve all others before it came to its own answer.
    /// </summary>
    /// <param name="isMoreThere">Whether the next read is completed at once.</param>
    public bool MustBeGivenBack(bool isMoreThere)
    {
        bool must = isMoreThere && _isBorrowed;
        _isBorrowed = !isMoreThere && scheduling == PipeScheduling.Inline;
        return must;
    }
}

/// <summary>
/// Resumes a pipe's reader. A flush schedules it while the sender holds its lock, under which nobody's code may run: then
/// it is kept, and the sender runs it once the lock is free.
/// </summary>
internal sealed class ReaderScheduler(PipeScheduling scheduling) : PipeScheduler
{
    private int _flushingThread;
    private Action<object?>? _kept;
    private object? _keptState;

    public override void Schedule(Action<object?> action, object? state)
    {
        if (Volatile.Read(ref _flushingThread) == Environment.CurrentManagedThreadId)
        {
            (_kept, _keptState) = (action, state);
        }
        else
        {
            // Not by a flush: an end that completes or cancels.
            System.Threading.ThreadPool.UnsafeQueueUserWorkItem(action, state, preferLocal: false);
        }
    }

    /// <summary>From here to <see cref="EndFlush"/>, what this thread schedules is kept. The caller holds the sender's lock.</summary>
    public void BeginFlush() => Volatile.Write(ref _flushingThread, Environment.CurrentManagedThreadId);

    /// <summary>What was kept meanwhile.</summary>
    public Resumption EndFlush()
    {
        _flushingThread = 0;
        var resumption = new Resumption(_kept, _keptState, scheduling == PipeScheduling.Inline);
        (_kept, _keptState) = (null, null);
        return resumption;
    }

    /// <summary>A reader that waits to be resumed, or none.</summary>
    public readonly struct Resumption(Action<object?>? action, object? state, bool inline)
    {
        public void Run()
        {
            if (action is null)
            {
                return;
            }

            if (inline)
            {
                action(state);
            }
            else
            {
                System.Threading.ThreadPool.UnsafeQueueUserWorkItem(action, state, preferLocal: false);
            }
        }
    }
}
