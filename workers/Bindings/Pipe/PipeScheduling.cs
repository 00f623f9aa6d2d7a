using System.IO.Pipelines;

namespace WorkerRpc.Bindings.Pipe;

/// <summary>Where a pipe's reader continues after the other end has written.</summary>
public enum PipeScheduling
{
    /// <summary>
    /// Continues on the writer's thread, which saves two thread wake-ups a call. If more data has arrived meanwhile, the reader moves to
    /// the thread pool and the writer's thread is free again. A function that blocks its thread delays the calls behind it. A
    /// caller that blocks delays the answers of other callers.
    /// </summary>
    Inline,

    /// <summary>Always continues on the thread pool, with a work item for each call's function: for functions that may block.</summary>
    ThreadPool,
}

/// <summary>Decides when a read loop must leave the writer's thread that it continues on.</summary>
/// <param name="scheduling">Where the read loop continues.</param>
internal struct InlineThread(PipeScheduling scheduling)
{
    private bool _wasResumedInline;

    /// <summary>
    /// Whether the loop must yield to the thread pool: it was resumed inline, has read once, and more data is ready.
    /// Otherwise a caller's thread would serve all other calls before it returned to its own.
    /// </summary>
    /// <param name="isReadReady">Whether the next read completes synchronously.</param>
    public bool MustYield(bool isReadReady)
    {
        bool mustYield = isReadReady && _wasResumedInline;
        _wasResumedInline = !isReadReady && scheduling == PipeScheduling.Inline;
        return mustYield;
    }
}

/// <summary>
/// Resumes a pipe's reader. A flush schedules the reader while the sender holds its lock, under which no foreign code may
/// run. So the reader is stored, and the sender runs it after it has released the lock.
/// </summary>
internal sealed class ReaderScheduler(PipeScheduling scheduling) : PipeScheduler
{
    private int _flushingThread;
    private Action<object?>? _reader;
    private object? _readerState;

    public override void Schedule(Action<object?> action, object? state)
    {
        if (Volatile.Read(ref _flushingThread) == Environment.CurrentManagedThreadId)
        {
            (_reader, _readerState) = (action, state);
        }
        else
        {
            // Not scheduled by a flush, but by an end that completes or cancels.
            System.Threading.ThreadPool.UnsafeQueueUserWorkItem(action, state, preferLocal: false);
        }
    }

    /// <summary>Starts a flush: readers that this thread schedules do not run yet. The calling method holds the sender's lock.</summary>
    public void BeginFlush() => Volatile.Write(ref _flushingThread, Environment.CurrentManagedThreadId);

    /// <summary>Ends a flush and returns the reader that it scheduled, if any.</summary>
    public Resumption EndFlush()
    {
        _flushingThread = 0;
        var resumption = new Resumption(_reader, _readerState, scheduling == PipeScheduling.Inline);
        (_reader, _readerState) = (null, null);
        return resumption;
    }

    /// <summary>A reader that is to be resumed, or none.</summary>
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
