using System.IO.Pipelines;

namespace WorkerRpc.Bindings.Pipe;

/// <summary>Where an end of a connection goes on when the other has written.</summary>
public enum PipeScheduling
{
    /// <summary>
    /// On the writer's own thread while one call is in flight, on the thread pool from the second one on: alone, inline
    /// saves two wake-ups of a thread; under load it would put all work on one thread. A function that blocks its thread
    /// holds up the calls behind it.
    /// </summary>
    InlineWhenIdle,

    /// <summary>Always on the thread pool, each call's function on its own: for functions that may block.</summary>
    ThreadPool,
}

/// <summary>The calls that a connection's caller waits for. What both directions' schedulers decide by.</summary>
internal sealed class CallsInFlight
{
    private int _count;

    public bool AreMany => Volatile.Read(ref _count) > 1;

    public void Add() => Interlocked.Increment(ref _count);

    public void Remove() => Interlocked.Decrement(ref _count);
}

/// <summary>
/// Resumes a pipe's reader. A flush schedules it while the sender holds its lock, under which nobody's code may run: then
/// it is kept, and the sender runs it once the lock is free.
/// </summary>
internal sealed class ReaderScheduler(PipeScheduling scheduling, CallsInFlight calls) : PipeScheduler
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
        var resumption = new Resumption(_kept, _keptState, scheduling == PipeScheduling.InlineWhenIdle && !calls.AreMany);
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
