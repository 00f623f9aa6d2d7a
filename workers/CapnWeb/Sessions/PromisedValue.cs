using System.Diagnostics;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The value of an awaited promise. It is requested once, even if the promise is awaited several times.</summary>
internal sealed class PromisedValue<T> : IOutcomeObserver, IDeliveryTarget
{
    private readonly StubReference _reference;
    private readonly Hook _hook;
    private readonly TaskCompletionSource<T> _task;
    private readonly CancellationTokenRegistration _registration;
    private readonly Activity? _span;
    private int _isRequested;

    public PromisedValue(StubReference reference, Activity? span, CancellationToken cancellationToken)
    {
        _reference = reference;
        _span = span;
        _hook = reference.Hook;
        _task = new(_hook.Session.Options.AllowSynchronousContinuations
            ? TaskCreationOptions.None
            : TaskCreationOptions.RunContinuationsAsynchronously);
        _registration = cancellationToken.UnsafeRegister(static (value, token) => ((PromisedValue<T>)value!).Cancel(token), this);
    }

    public bool FlushesItself => true;

    public Task<T> RequestAsync()
    {
        if (Interlocked.Exchange(ref _isRequested, 1) == 0)
        {
            _hook.Observe(this);
        }

        return _task.Task;
    }

    /// <summary>Fails the task of the value, because the promise was disposed.</summary>
    public void Abandon()
    {
        if (_task.TrySetException(new ObjectDisposedException(nameof(RpcStub), "The promise was disposed before its value had come.")))
        {
            // Reading the exception marks it as observed. Otherwise UnobservedTaskException would be raised if nobody awaits the task.
            _ = _task.Task.Exception;
            _registration.Unregister();
        }
    }

    public void OnSettled(in Outcome outcome)
    {
        if (outcome.Error is { } error)
        {
            Fail(error);
            return;
        }

        Expression<Hook> value;
        try
        {
            Outcome mine = _hook.TakeOutcome();
            value = mine.Value ?? Captured.Of(mine.Reference!);
        }
        catch (ObjectDisposedException disposed)
        {
            Fail(disposed);
            return;
        }

        Delivery.Run(value, _hook.Session, this);
    }

    public void Deliver(Expression<Hook> value)
    {
        T result;
        try
        {
            result = value.ReadResult<T>(_hook.Session);
        }
        catch (Exception error)
        {
            Fail(error);
            return;
        }

        _registration.Unregister();
        _span?.Dispose();
        if (!_task.TrySetResult(result))
        {
            // The promise was cancelled while the value arrived, so the stub in the value is disposed.
            (RpcReferenceOf(result))?.Dispose();
        }
    }

    public void Fail(Exception error)
    {
        _registration.Unregister();
        SessionTelemetry.Failed(_span, error);
        _span?.Dispose();
        _task.TrySetException(error);
    }

    private static RpcStub? RpcReferenceOf(T result) => result is null ? null : RpcReference.Find(result);

    private void Cancel(CancellationToken token)
    {
        if (_task.TrySetCanceled(token))
        {
            _reference.Dispose();
            _hook.Session.FlushSoon();
        }
    }
}
