using System.Threading.Tasks.Sources;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Pipe;

/// <summary>
/// A call that waits for its answer: a place in the client's table, used by one call after another. The answer, the
/// caller who gives up and the connection's end race for it; whoever clears the pending id first decides.
/// </summary>
internal sealed class PendingCall(PipeClient client, int index, bool resumesInline) : IValueTaskSource<ExecuteResponse>
{
    private ManualResetValueTaskSourceCore<ExecuteResponse> _core = new() { RunContinuationsAsynchronously = !resumesInline };
    private CancellationTokenRegistration _cancellation;
    private Function _function = null!;
    private uint _uses;

    // 0 from when it is decided until the next call takes the place.
    private ulong _pendingId;

    /// <summary>The id of the call that has the place: the place, and how often it was used, so that a late answer is told from the next call's.</summary>
    public ulong Id => ((ulong)_uses << 32) | (uint)index;

    /// <summary>The place that an id names.</summary>
    public static uint IndexOf(ulong id) => (uint)id;

    /// <summary>Takes the place. The caller holds the table's lock.</summary>
    public void Begin(Function function)
    {
        // An id is never 0.
        _uses = _uses == uint.MaxValue ? 1 : _uses + 1;
        _function = function;
        Volatile.Write(ref _pendingId, Id);
    }

    /// <summary>The function that was called; null where the call with this id does not wait any more.</summary>
    public Function? FunctionOf(ulong id) => Volatile.Read(ref _pendingId) == id ? _function : null;

    /// <summary>What the caller awaits, once.</summary>
    public ValueTask<ExecuteResponse> AnswerAsync(CancellationToken cancellation)
    {
        if (cancellation.CanBeCanceled && Volatile.Read(ref _pendingId) != 0)
        {
            _cancellation = cancellation.UnsafeRegister(static (call, token) => ((PendingCall)call!).GiveUp(token), this);
        }

        return new ValueTask<ExecuteResponse>(this, _core.Version);
    }

    public void Succeed(ulong id, ExecuteResponse response)
    {
        if (Decide(id))
        {
            _core.SetResult(response);
        }
    }

    public void Fail(ulong id, Exception error)
    {
        if (Decide(id))
        {
            _core.SetException(error);
        }
    }

    /// <summary>Fails the call that has the place, if it still waits.</summary>
    public void FailAny(Exception error) => Fail(Volatile.Read(ref _pendingId), error);

    ExecuteResponse IValueTaskSource<ExecuteResponse>.GetResult(short token)
    {
        // Waits for a cancellation that is under way: the next call must not be given up for this one.
        _cancellation.Dispose();
        _cancellation = default;
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            client.Free(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<ExecuteResponse>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<ExecuteResponse>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void GiveUp(CancellationToken cancellation)
    {
        ulong id = Volatile.Read(ref _pendingId);
        if (Decide(id))
        {
            client.TellGivenUp(id);
            _core.SetException(new OperationCanceledException(cancellation));
        }
    }

    private bool Decide(ulong id) => id != 0 && Interlocked.CompareExchange(ref _pendingId, 0, id) == id;
}
