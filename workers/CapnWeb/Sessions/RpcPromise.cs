using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// The result of a call, which may not have arrived yet. The promise can be awaited several times. Before the result arrives, it can be
/// called, its properties can be read, and it can be passed as an argument, which the peer replaces by the result (promise pipelining). A
/// promise that is neither awaited nor disposed occupies a table entry on both sides. Stubs in the result belong to the code that awaits
/// it.
/// </summary>
/// <typeparam name="T">The type of the result.</typeparam>
public class RpcPromise<T> : RpcStub
{
    private readonly CancellationToken _cancellationToken;
    private readonly Activity? _span;
    private PromisedValue<T>? _value;

    internal RpcPromise(StubReference reference, Activity? span, CancellationToken cancellationToken)
        : base(reference)
    {
        _cancellationToken = cancellationToken;
        _span = span;
        if (cancellationToken.CanBeCanceled)
        {
            // Reads Value to create it now, because the token may cancel the promise before any code awaits it.
            _ = Value;
        }
    }

    /// <summary>Takes over the reference of <paramref name="source"/>. Generated stubs use this constructor.</summary>
    protected RpcPromise(RpcStub source)
        : base(source)
    {
        if (source is RpcPromise<T> promise)
        {
            _value = promise._value;
            _span = promise._span;
        }
    }

    private PromisedValue<T> Value => _value
        ?? Interlocked.CompareExchange(ref _value, new PromisedValue<T>(Reference, _span, _cancellationToken), null)
        ?? _value;

    /// <summary>Requests the value and waits for it.</summary>
    public RpcAwaiter<T> GetAwaiter() => new(Value.RequestAsync(), Hook.Session);

    /// <summary>Requests the value. Returns the same task each time.</summary>
    public Task<T> AsTask()
    {
        Task<T> task = Value.RequestAsync();
        if (!task.IsCompleted)
        {
            Hook.Session.FlushSoon();
        }

        return task;
    }

    /// <inheritdoc cref="AsTask"/>
    [SuppressMessage("Usage", "CA2012", Justification = "A task stands behind it.")]
    public ValueTask<T> AsValueTask() => new(AsTask());

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _value?.Abandon();
        _span?.Dispose();
    }
}
