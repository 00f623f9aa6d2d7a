namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// The calls of the peer that run or wait for their start, a pool of invocation objects, and the running disposals of targets. Calls
/// start in the order in which they were made. A call waits if too many others run, or if the peer does not read its answers.
/// </summary>
internal sealed class IncomingCalls(SessionCore session) : IThreadPoolWorkItem
{
    private const int MaxPooled = 256;

    private readonly Stack<RpcInvocation> _pool = new();
    private readonly Queue<RpcInvocation> _waiting = new();
    private readonly List<Task> _disposals = [];
    private readonly Lock _lock = new();
    private int _disposalsToCheck;
    private int _count;
    private int _notStarted;
    private int _waitingCount;
    private int _isQueued;
    private bool _isStarting;
    private TaskCompletionSource? _idle;
    private TaskCompletionSource? _stopped;

    /// <summary>Number of calls that run, or wait for their arguments or their start.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether calls wait for their start.</summary>
    public bool HasWaiting => Volatile.Read(ref _waitingCount) > 0;

    // A call that waits for the peer does not count: while it serves the peer's callback, it may need further calls of the peer. Otherwise
    // all running calls could wait for calls that never start.
    private bool HasRoom =>
        Count - Volatile.Read(ref _notStarted) < (long)session.Limits.MaxRunningCalls + session.Imports.CallCount
        && !session.Outbox.IsHalfFull;

    /// <summary>
    /// Counts a new call that starts at once. Returns false if the call must wait or is refused. The caller holds the session's lock.
    /// </summary>
    public bool TryBegin()
    {
        if (session.Error is not null || _isStarting || _waiting.Count > 0 || Count >= session.Limits.MaxCallsInFlight || !HasRoom)
        {
            return false;
        }

        Interlocked.Increment(ref _count);
        return true;
    }

    /// <summary>Counts a new call that has not started. Returns an error if there are too many calls, otherwise null.</summary>
    public Exception? TryAdd()
    {
        if (session.Error is { } error)
        {
            return SessionEnding.Broken(error);
        }

        Interlocked.Increment(ref _notStarted);
        if (Interlocked.Increment(ref _count) <= session.Limits.MaxCallsInFlight)
        {
            return null;
        }

        Interlocked.Decrement(ref _notStarted);
        End();
        return CallErrors.TooManyCalls(session.Limits.MaxCallsInFlight);
    }

    /// <summary>Starts an added call, or queues it.</summary>
    public void Start(RpcInvocation call)
    {
        bool isQueued;
        lock (session.Gate)
        {
            isQueued = session.Error is null && (_isStarting || _waiting.Count > 0 || !HasRoom);
            if (isQueued)
            {
                _waiting.Enqueue(call);
                Interlocked.Increment(ref _waitingCount);
            }
        }

        if (isQueued)
        {
            // A call may have ended before it could see the new one in the queue.
            StartWaiting();
        }
        else
        {
            Interlocked.Decrement(ref _notStarted);
            call.Run();
        }
    }

    /// <summary>Records that an added call ends without a start.</summary>
    public void Skip() => Interlocked.Decrement(ref _notStarted);

    public void End()
    {
        if (Interlocked.Decrement(ref _count) == 0)
        {
            Volatile.Read(ref _idle)?.TrySetResult();
        }

        if (HasWaiting)
        {
            StartWaiting();
        }

        if (Volatile.Read(ref _stopped) is { } stopped)
        {
            TellStopped(stopped);
        }
    }

    /// <summary>Starts waiting calls on the thread pool, if there are any. The caller may hold locks.</summary>
    public void StartWaiting()
    {
        if (HasWaiting && Interlocked.Exchange(ref _isQueued, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _isQueued, 0);
        bool isFirst = true;
        while (TryTakeWaiting(isFirst) is { } call)
        {
            isFirst = false;
            Interlocked.Decrement(ref _notStarted);
            call.Run();
        }

        if (Volatile.Read(ref _stopped) is { } stopped)
        {
            TellStopped(stopped);
        }
    }

    /// <summary>Fails all waiting calls, because the session has ended.</summary>
    public void FailWaiting(Exception error)
    {
        RpcInvocation[] calls;
        lock (session.Gate)
        {
            calls = [.. _waiting];
            _waiting.Clear();
            Volatile.Write(ref _waitingCount, 0);
        }

        foreach (RpcInvocation call in calls)
        {
            call.Fail(SessionEnding.Broken(error));
        }
    }

    /// <summary>Returns a task that completes when no call runs or waits.</summary>
    public Task IdleAsync()
    {
        var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _idle, idle);
        // The last call may have ended before this task was stored, so it could not complete the task.
        if (Count == 0)
        {
            idle.TrySetResult();
        }

        return idle.Task;
    }

    /// <summary>
    /// Returns a task that completes when no call runs or can start: all that are left wait for promises. Call it when the peer sends
    /// nothing more. What follows from the end of a call has then happened, because a call ends only after it.
    /// </summary>
    public Task StoppedAsync()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _stopped, stopped);
        TellStopped(stopped);
        return stopped.Task;
    }

    public RpcInvocation Rent()
    {
        lock (_lock)
        {
            return _pool.TryPop(out RpcInvocation? pooled) ? pooled : new RpcInvocation(session);
        }
    }

    public void Return(RpcInvocation call)
    {
        lock (_lock)
        {
            if (_pool.Count < MaxPooled)
            {
                _pool.Push(call);
            }
        }
    }

    /// <summary>Starts the disposal of a target that nobody can reach any more.</summary>
    public void Dispose(object target)
    {
        try
        {
            if (target is IAsyncDisposable asynchronous)
            {
                Watch(asynchronous.DisposeAsync());
            }
            else
            {
                (target as IDisposable)?.Dispose();
            }
        }
        catch (Exception error)
        {
            session.Log.DisposalFailed(target, error);
        }
    }

    /// <summary>Removes and returns the tasks of the disposals that still run.</summary>
    public Task[] TakeDisposals()
    {
        lock (_lock)
        {
            Task[] all = [.. _disposals];
            _disposals.Clear();
            return all;
        }
    }

    private void TellStopped(TaskCompletionSource stopped)
    {
        lock (session.Gate)
        {
            if (_isStarting || _waiting.Count > 0 || Count > Volatile.Read(ref _notStarted))
            {
                return;
            }
        }

        stopped.TrySetResult();
    }

    // Only one thread at a time starts waiting calls, so that they start in order.
    private RpcInvocation? TryTakeWaiting(bool isFirst)
    {
        lock (session.Gate)
        {
            if (isFirst && _isStarting)
            {
                return null;
            }

            RpcInvocation? next = null;
            if (HasRoom && _waiting.TryDequeue(out next))
            {
                Interlocked.Decrement(ref _waitingCount);
            }

            _isStarting = next is not null;
            return next;
        }
    }

    private void Watch(ValueTask disposal)
    {
        if (disposal.IsCompletedSuccessfully)
        {
            disposal.GetAwaiter().GetResult();
            return;
        }

        Task task = disposal.AsTask();
        lock (_lock)
        {
            if (_disposals.Count >= _disposalsToCheck)
            {
                _disposals.RemoveAll(static done => done.IsCompleted);
                // A peer can let many disposals run. Looking at all of them for each new one would take ever longer.
                _disposalsToCheck = 2 * (_disposals.Count + 1);
            }

            _disposals.Add(task);
        }
    }
}
