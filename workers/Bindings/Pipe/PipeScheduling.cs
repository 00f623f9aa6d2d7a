using System.IO.Pipelines;

namespace WorkerRpc.Bindings.Pipe;

/// <summary>The thread on which a pipe's reader continues after the other end has written.</summary>
public enum PipeScheduling
{
    /// <summary>
    /// The reader continues on the writer's thread, which saves two thread wake-ups per call. If more data has arrived meanwhile,
    /// the reader moves to the thread pool and frees the writer's thread. A function that blocks its thread delays all later calls
    /// of the connection. A caller that blocks its thread delays the answers of other callers.
    /// </summary>
    Inline,

    /// <summary>
    /// The reader continues on the thread pool, and each call's function is a separate work item. For functions that may block.
    /// </summary>
    ThreadPool,
}

/// <summary>Decides when a read loop must move from the writer's thread to the thread pool.</summary>
/// <param name="scheduling">The setting for the thread on which the read loop continues.</param>
internal struct InlineThread(PipeScheduling scheduling)
{
    private bool _wasResumedInline;

    /// <summary>
    /// Returns whether the read loop must move to the thread pool. It must if it was resumed on the writer's thread, has read once,
    /// and more data is ready. Otherwise the thread of one caller would serve the calls of all others before its own call
    /// continues.
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
/// Resumes a pipe's reader. A flush schedules the reader while the sender holds its lock, but other code must not run under
/// that lock. So the scheduler stores the reader, and the sender runs the reader after it has released the lock.
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
            // This thread is not flushing: the reader was scheduled because one end completed its pipe or cancelled a read.
            System.Threading.ThreadPool.UnsafeQueueUserWorkItem(action, state, preferLocal: false);
        }
    }

    /// <summary>Starts a flush: readers that this thread schedules are stored. The caller of this method holds the sender's lock.</summary>
    public void BeginFlush() => Volatile.Write(ref _flushingThread, Environment.CurrentManagedThreadId);

    /// <summary>Ends a flush and returns the reader that the flush scheduled, if it scheduled one.</summary>
    public Resumption EndFlush()
    {
        _flushingThread = 0;
        var resumption = new Resumption(_reader, _readerState, scheduling == PipeScheduling.Inline);
        (_reader, _readerState) = (null, null);
        return resumption;
    }

    /// <summary>The continuation of a waiting reader, which must be run now. It is empty if the flush scheduled no continuation.</summary>
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
