using System.Runtime.CompilerServices;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>What <c>await</c> uses of a promise: waiting for it ends the turn, and what was called in it leaves.</summary>
/// <typeparam name="T">What the result is read as.</typeparam>
public readonly struct RpcAwaiter<T> : ICriticalNotifyCompletion
{
    private readonly TaskAwaiter<T> _awaiter;
    private readonly SessionCore _session;

    internal RpcAwaiter(Task<T> task, SessionCore session)
    {
        _awaiter = task.GetAwaiter();
        _session = session;
    }

    /// <summary>Whether the value is here.</summary>
    public bool IsCompleted => _awaiter.IsCompleted;

    /// <summary>The value.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("ApiDesign", "RS0030", Justification = "An awaiter asks its task's.")]
    public T GetResult() => _awaiter.GetResult();

    /// <inheritdoc/>
    public void OnCompleted(Action continuation)
    {
        _awaiter.OnCompleted(continuation);
        _session.FlushTurn();
    }

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation)
    {
        _awaiter.UnsafeOnCompleted(continuation);
        _session.FlushTurn();
    }
}
