namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The peer's calls that have begun and not ended, the objects that serve them, and targets on their way out.</summary>
internal sealed class RunningCalls(SessionCore session)
{
    private const int MaxSpare = 256;

    private readonly Stack<RpcInvocation> _spare = new();
    private readonly List<Task> _disposals = [];
    private readonly Lock _lock = new();
    private int _count;
    private TaskCompletionSource? _idle;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Counts a call, or says why there must not be one more.</summary>
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

    /// <summary>Completes when none runs.</summary>
    public Task IdleAsync()
    {
        var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _idle, idle);
        // The last one may have ended before it saw who waits.
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
            return _spare.TryPop(out RpcInvocation? spare) ? spare : new RpcInvocation(session);
        }
    }

    public void Return(RpcInvocation call)
    {
        lock (_lock)
        {
            if (_spare.Count < MaxSpare)
            {
                _spare.Push(call);
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

    /// <summary>The disposals that have not ended.</summary>
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
