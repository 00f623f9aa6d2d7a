namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The running calls of the peer, a pool of invocation objects, and the running disposals of targets.</summary>
internal sealed class IncomingCalls(SessionCore session)
{
    private const int MaxPooled = 256;

    private readonly Stack<RpcInvocation> _pool = new();
    private readonly List<Task> _disposals = [];
    private readonly Lock _lock = new();
    private int _count;
    private TaskCompletionSource? _idle;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Counts a new call. Returns an error if too many calls run, otherwise null.</summary>
    public Exception? TryBegin()
    {
        if (session.Error is { } error)
        {
            return SessionEnding.Broken(error);
        }

        if (Interlocked.Increment(ref _count) <= session.Limits.MaxCallsInFlight)
        {
            return null;
        }

        Interlocked.Decrement(ref _count);
        return CallErrors.TooManyCalls(session.Limits.MaxCallsInFlight);
    }

    public void End()
    {
        if (Interlocked.Decrement(ref _count) == 0)
        {
            Volatile.Read(ref _idle)?.TrySetResult();
        }
    }

    /// <summary>Returns a task that completes when no call runs.</summary>
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
            _disposals.RemoveAll(static done => done.IsCompleted);
            _disposals.Add(task);
        }
    }
}
