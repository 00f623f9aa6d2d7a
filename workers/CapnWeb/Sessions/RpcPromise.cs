using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The result of a call that may not have come yet. Can be awaited any number of times, called and read before it has
/// come (promise pipelining), and passed as an argument, in whose place the value then stands.
/// A promise that is neither awaited nor disposed keeps an entry on both sides; awaiting it gives the entry back. Stubs in the
/// value belong to whoever awaited it; while they are in use, calls on the promise go to them.</summary>
/// <typeparam name="T">What the result is read as.</typeparam>
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
            // Held until the value has come: the promise may be given up before anybody awaits it.
            _ = Value;
        }
    }

    /// <summary>Takes over the reference of <paramref name="source"/>: the constructor of generated stubs.</summary>
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

    /// <summary>Asks for the value and waits for it.</summary>
    public RpcAwaiter<T> GetAwaiter() => new(Value.Ask(), Hook.Session);

    /// <summary>Asks for the value; the same task each time.</summary>
    public Task<T> AsTask()
    {
        Task<T> task = Value.Ask();
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
