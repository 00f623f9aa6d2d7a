using System.Threading.Tasks.Sources;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Pipe;

/// <summary>
/// A call that waits for its answer. The object is a slot in the client's table, and later calls reuse it. The answer, a
/// cancellation and the end of the connection can come at the same time: the first to set the pending id to 0 completes the
/// call.
/// </summary>
internal sealed class PendingCall(PipeClient client, int index, bool continuesInline) : IValueTaskSource<ExecuteResponse>
{
    private ManualResetValueTaskSourceCore<ExecuteResponse> _core = new() { RunContinuationsAsynchronously = !continuesInline };
    private CancellationTokenRegistration _cancellation;
    private Function _function = null!;
    private uint _uses;

    // The id of the call that waits for its answer. It is 0 when the call has completed.
    private ulong _pendingId;

    /// <summary>
    /// The current call's id. It consists of slot index and use count, so a late answer never matches the slot's next call.
    /// </summary>
    public ulong Id => ((ulong)_uses << 32) | (uint)index;

    /// <summary>Returns the slot index that a call's id contains.</summary>
    public static uint IndexOf(ulong id) => (uint)id;

    /// <summary>Starts a call in this slot, which must be free.</summary>
    public void Begin(Function function)
    {
        // The use count starts at 1, so that an id is never 0.
        _uses = _uses == uint.MaxValue ? 1 : _uses + 1;
        _function = function;
        Volatile.Write(ref _pendingId, Id);
    }

    /// <summary>Returns the function that was called. Returns null if the call with this id no longer waits for its answer.</summary>
    public Function? FunctionOf(ulong id) => Volatile.Read(ref _pendingId) == id ? _function : null;

    /// <summary>Returns the call's answer as a task that must be awaited exactly once.</summary>
    public ValueTask<ExecuteResponse> AnswerAsync(CancellationToken cancellation)
    {
        if (cancellation.CanBeCanceled && Volatile.Read(ref _pendingId) != 0)
        {
            _cancellation = cancellation.UnsafeRegister(static (call, token) => ((PendingCall)call!).Cancel(token), this);
        }

        return new ValueTask<ExecuteResponse>(this, _core.Version);
    }

    public void Succeed(ulong id, ExecuteResponse response)
    {
        if (TryComplete(id))
        {
            _core.SetResult(response);
        }
    }

    public void Fail(ulong id, Exception error)
    {
        if (TryComplete(id))
        {
            _core.SetException(error);
        }
    }

    /// <summary>Fails the slot's current call if that call still waits for its answer.</summary>
    public void FailCurrent(Exception error) => Fail(Volatile.Read(ref _pendingId), error);

    ExecuteResponse IValueTaskSource<ExecuteResponse>.GetResult(short token)
    {
        // Dispose waits until a running cancellation callback has finished. Otherwise the callback could cancel the slot's next call.
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

    void IValueTaskSource<ExecuteResponse>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken cancellation)
    {
        ulong id = Volatile.Read(ref _pendingId);
        if (TryComplete(id))
        {
            client.SendCancel(id);
            _core.SetException(new OperationCanceledException(cancellation));
        }
    }

    private bool TryComplete(ulong id) => id != 0 && Interlocked.CompareExchange(ref _pendingId, 0, id) == id;
}
