using System.Diagnostics;
using System.Threading.Tasks.Sources;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>A plain call that the peer has not answered yet. Whoever takes it out of the table of imports ends it.</summary>
internal abstract class PendingCall
{
    public long Id { get; set; }

    /// <summary>Reads a result without references, and ends the call.</summary>
    /// <param name="text">The result.</param>
    /// <param name="isScanned">Whether the text is known to be an expression.</param>
    /// <returns>False where the text has not been scanned and cannot be read: the call goes on.</returns>
    public abstract bool TryResolve(ReadOnlySpan<byte> text, bool isScanned);

    /// <summary>A result that holds references; taken over.</summary>
    public abstract void Resolve(Expression<Hook> value);

    public abstract void Fail(Exception error);
}

/// <summary>The pooled half of a plain call: the task that its caller awaits, once.</summary>
internal sealed class PendingCall<T> : PendingCall, IValueTaskSource<T>, IDeliveryTarget, IThreadPoolWorkItem
{
    private static readonly SparePool<PendingCall<T>> Spare = new();

    private SessionCore _session = null!;
    private ManualResetValueTaskSourceCore<T> _core;
    private CancellationTokenRegistration _registration;
    private Activity? _activity;

    // How it ended, until whoever awaits it may know.
    private T _value = default!;
    private Exception? _error;

    public ValueTask<T> Task => new(this, _core.Version);

    public static PendingCall<T> Rent(SessionCore session, string? name)
    {
        PendingCall<T> call = Spare.Rent();
        call._session = session;
        call._activity = SessionTelemetry.StartCall(name);
        return call;
    }

    /// <summary>Gives it back unused.</summary>
    public void Return()
    {
        _activity?.Dispose();
        Recycle();
    }

    /// <summary>Gives the call up when the token fires.</summary>
    public void Watch(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(
                static (call, token) => ((PendingCall<T>)call!).GiveUp(token), this);
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

    void IThreadPoolWorkItem.Execute() => Tell();

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
        // Once registered, the call may end on another thread, and this be another call.
        SessionCore session = _session;
        _core.OnCompleted(continuation, state, token, flags);
        // An await on the spot ends the turn; a task that is made of it may be one of several.
        if ((flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0)
        {
            session.FlushTurn();
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
            Tell();
        }
        else
        {
            // By itself: what RunContinuationsAsynchronously queues is one more object a call.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        }
    }

    private void Tell()
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

    private void GiveUp(CancellationToken token)
    {
        bool isMine;
        lock (_session.Gate)
        {
            isMine = _session.Calls.TryGiveUp(this);
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
        Spare.Return(this);
    }
}
