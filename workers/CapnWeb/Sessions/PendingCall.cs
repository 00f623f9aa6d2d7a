using System.Diagnostics;
using System.Threading.Tasks.Sources;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>A call that the peer has not answered yet. The code that removes it from the import table must end it.</summary>
internal abstract class PendingCall
{
    public long Id { get; set; }

    /// <summary>Ends the call with a result that contains no references.</summary>
    /// <param name="text">The text of the result.</param>
    /// <param name="isScanned">Whether the text has been checked by a scan.</param>
    /// <returns>Returns false if the text cannot be read and was not scanned. The call has then not ended.</returns>
    public abstract bool TryResolve(ReadOnlySpan<byte> text, bool isScanned);

    /// <summary>Ends the call with a captured result and takes ownership of it.</summary>
    public abstract void Resolve(Expression<Hook> value);

    public abstract void Fail(Exception error);
}

/// <summary>The pooled object behind the task of a call. The task can be awaited once.</summary>
internal sealed class PendingCall<T> : PendingCall, IValueTaskSource<T>, IDeliveryTarget, IThreadPoolWorkItem
{
    private static readonly ObjectPool<PendingCall<T>> s_pool = new();

    private SessionCore _session = null!;
    private ManualResetValueTaskSourceCore<T> _core;
    private CancellationTokenRegistration _registration;
    private Activity? _activity;

    // Holds the result or error until it is passed to _core.
    private T _value = default!;
    private Exception? _error;

    public ValueTask<T> Task => new(this, _core.Version);

    public static PendingCall<T> Rent(SessionCore session, string? name)
    {
        PendingCall<T> call = s_pool.Rent();
        call._session = session;
        call._activity = SessionTelemetry.StartCall(name);
        return call;
    }

    /// <summary>Returns an unused call to the pool.</summary>
    public void Return()
    {
        _activity?.Dispose();
        Recycle();
    }

    /// <summary>Cancels the call when the token is cancelled.</summary>
    public void CancelWith(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(
                static (call, token) => ((PendingCall<T>)call!).Cancel(token), this);
        }
    }

    public override bool TryResolve(ReadOnlySpan<byte> text, bool isScanned)
    {
        T value;
        try
        {
            value = _session.Serializer.Read<T>(text, ReferenceSource.None, isPlain: !isScanned);
        }
        catch (RpcException error)
        {
            if (isScanned)
            {
                Fail(error);
            }

            return isScanned;
        }

        Succeed(value);
        return true;
    }

    public override void Resolve(Expression<Hook> value) => Delivery.Run(value, _session, this);

    public override void Fail(Exception error)
    {
        SessionTelemetry.Failed(_activity, error);
        _error = error;
        End();
    }

    void IDeliveryTarget.Deliver(Expression<Hook> value)
    {
        T result;
        try
        {
            result = value.ReadResult<T>(_session);
        }
        catch (Exception error)
        {
            Fail(error);
            return;
        }

        Succeed(result);
    }

    void IDeliveryTarget.Fail(Exception error) => Fail(error);

    void IThreadPoolWorkItem.Execute() => Complete();

    T IValueTaskSource<T>.GetResult(short token)
    {
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException("The call has not ended: await it.");
        }

        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _registration.Dispose();
            Recycle();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        // After OnCompleted, another thread may end and reuse the call. So _session is read before.
        SessionCore session = _session;
        _core.OnCompleted(continuation, state, token, flags);
        // A direct await means that the running code pauses, so its calls are sent now. AsTask does not: more calls may follow before the
        // task is awaited.
        if ((flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0)
        {
            session.FlushUnlessReceiving();
        }
        else
        {
            session.FlushSoon();
        }
    }

    private void Succeed(T value)
    {
        _value = value;
        End();
    }

    private void End()
    {
        _activity?.Dispose();
        if (_session.Options.AllowSynchronousContinuations)
        {
            Complete();
        }
        else
        {
            // The call itself is the work item. RunContinuationsAsynchronously would allocate one for each call.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        }
    }

    private void Complete()
    {
        (T value, Exception? error) = (_value, _error);
        (_value, _error) = (default!, null);
        if (error is null)
        {
            _core.SetResult(value);
        }
        else
        {
            _core.SetException(error);
        }
    }

    private void Cancel(CancellationToken token)
    {
        bool isMine;
        lock (_session.Gate)
        {
            isMine = _session.Outgoing.TryCancel(this);
        }

        if (isMine)
        {
            _session.FlushSoon();
            Fail(new OperationCanceledException(token));
        }
    }

    private void Recycle()
    {
        _registration = default;
        _activity = null;
        _session = null!;
        _core.Reset();
        s_pool.Return(this);
    }
}
