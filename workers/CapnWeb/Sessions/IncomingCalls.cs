namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The running calls of the peer, a pool of their invocations, and the disposals of targets that have not ended.</summary>
internal sealed class IncomingCalls(SessionCore session)
{
    private const int MaxPooled = 256;

    private readonly Stack<RpcInvocation> _pool = new();
    private readonly List<Task> _disposals = [];
    private readonly Lock _lock = new();
    private int _count;
    private TaskCompletionSource? _idle;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Counts a call. Returns the error if no further call is allowed, else null.</summary>
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

    /// <summary>Completes when no call runs.</summary>
    public Task IdleAsync()
    {
        var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _idle, idle);
        // The last call may have ended before it could see this task.
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

    /// <summary>Disposes a target that nobody can reach any more.</summary>
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

    /// <summary>The disposals that are still running.</summary>
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
