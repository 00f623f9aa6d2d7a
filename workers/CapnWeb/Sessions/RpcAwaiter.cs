using System.Runtime.CompilerServices;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Awaits a promise. The await also sends the calls that were made before it.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
public readonly struct RpcAwaiter<T> : ICriticalNotifyCompletion
{
    private readonly TaskAwaiter<T> _awaiter;
    private readonly SessionCore _session;

    internal RpcAwaiter(Task<T> task, SessionCore session)
    {
        _awaiter = task.GetAwaiter();
        _session = session;
    }

    /// <summary>Whether the value has arrived.</summary>
    public bool IsCompleted => _awaiter.IsCompleted;

    /// <summary>The value, or the error as an exception.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("ApiDesign", "RS0030", Justification = "An awaiter asks its task's.")]
    public T GetResult() => _awaiter.GetResult();

    /// <inheritdoc/>
    public void OnCompleted(Action continuation)
    {
        _awaiter.OnCompleted(continuation);
        _session.FlushUnlessReceiving();
    }

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation)
    {
        _awaiter.UnsafeOnCompleted(continuation);
        _session.FlushUnlessReceiving();
    }
}
