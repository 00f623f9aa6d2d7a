using System.Diagnostics;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The value of a promise as its owner reads it: asked for once, however often it is awaited.</summary>
internal sealed class PromisedValue<T> : IAsker, IDeliveryTarget
{
    private readonly StubReference _reference;
    private readonly Hook _hook;
    private readonly TaskCompletionSource<T> _task;
    private readonly CancellationTokenRegistration _registration;
    private readonly Activity? _span;
    private int _isAsked;

    public PromisedValue(StubReference reference, Activity? span, CancellationToken cancellationToken)
    {
        _reference = reference;
        _span = span;
        _hook = reference.Hook;
        _task = new(_hook.Session.Options.AllowSynchronousContinuations
            ? TaskCreationOptions.None
            : TaskCreationOptions.RunContinuationsAsynchronously);
        _registration = cancellationToken.UnsafeRegister(static (value, token) => ((PromisedValue<T>)value!).GiveUp(token), this);
    }

    public bool SendsItself => true;

    public Task<T> Ask()
    {
        if (Interlocked.Exchange(ref _isAsked, 1) == 0)
        {
            _hook.Ask(this);
        }
        return _task.Task;
    }

    /// <summary>The promise was disposed; its value is nobody's.</summary>
    public void Abandon()
    {
        if (_task.TrySetException(new ObjectDisposedException(nameof(RpcStub), "The promise was disposed before its value had come.")))
        {
            // Who disposes while awaiting knows; nobody else has to.
            _ = _task.Task.Exception;
            _registration.Unregister();
        }
    }

    public void Settled(in Outcome outcome)
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
            // Given up while it came.
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

    private void GiveUp(CancellationToken token)
    {
        if (_task.TrySetCanceled(token))
        {
            _reference.Dispose();
            _hook.Session.FlushSoon();
        }
    }
}
