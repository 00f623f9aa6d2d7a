using System.Runtime.CompilerServices;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// Awaits the task that a member returned, and sets the call's result. The object is pooled, because an async method would allocate for
/// each call.
/// </summary>
internal sealed class AwaitedResult<T>
{
    private static readonly ObjectPool<AwaitedResult<T>> s_pool = new();

    private readonly Action _continue;
    private RpcInvocation? _call;
    private ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter _awaiter;

    public AwaitedResult() => _continue = Continue;

    public static void Await(RpcInvocation call, ValueTask<T> task)
    {
        ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter awaiter = task.ConfigureAwait(false).GetAwaiter();
        if (awaiter.IsCompleted)
        {
            SetResult(call, awaiter);
            return;
        }

        AwaitedResult<T> waiting = s_pool.Rent();
        waiting._call = call;
        waiting._awaiter = awaiter;
        awaiter.UnsafeOnCompleted(waiting._continue);
    }

    private static void SetResult(RpcInvocation call, ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter awaiter)
    {
        T result;
        try
        {
            result = awaiter.GetResult();
        }
        catch (Exception error)
        {
            call.Reject(error);
            return;
        }

        call.Complete(result);
    }

    private void Continue()
    {
        RpcInvocation call = _call!;
        ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter awaiter = _awaiter;
        _call = null;
        _awaiter = default;
        s_pool.Return(this);
        SetResult(call, awaiter);
    }
}

/// <summary>Awaits a task without a result, and ends the call. Pooled like <see cref="AwaitedResult{T}"/>.</summary>
internal sealed class AwaitedEnd
{
    private static readonly ObjectPool<AwaitedEnd> s_pool = new();

    private readonly Action _continue;
    private RpcInvocation? _call;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _awaiter;

    public AwaitedEnd() => _continue = Continue;

    public static void Await(RpcInvocation call, ValueTask task)
    {
        ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter awaiter = task.ConfigureAwait(false).GetAwaiter();
        if (awaiter.IsCompleted)
        {
            SetResult(call, awaiter);
            return;
        }

        AwaitedEnd waiting = s_pool.Rent();
        waiting._call = call;
        waiting._awaiter = awaiter;
        awaiter.UnsafeOnCompleted(waiting._continue);
    }

    private static void SetResult(RpcInvocation call, ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter awaiter)
    {
        try
        {
            awaiter.GetResult();
        }
        catch (Exception error)
        {
            call.Reject(error);
            return;
        }

        call.Complete(default(RpcVoid));
    }

    private void Continue()
    {
        RpcInvocation call = _call!;
        ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter awaiter = _awaiter;
        _call = null;
        _awaiter = default;
        s_pool.Return(this);
        SetResult(call, awaiter);
    }
}
