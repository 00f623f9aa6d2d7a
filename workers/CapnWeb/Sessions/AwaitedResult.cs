using System.Runtime.CompilerServices;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Waits for a member's task and gives its result, without a state machine of its own for each call.</summary>
internal sealed class AwaitedResult<T>
{
    private static readonly SparePool<AwaitedResult<T>> Spare = new();

    private readonly Action _continue;
    private RpcInvocation? _call;
    private ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter _awaiter;

    public AwaitedResult() => _continue = Continue;

    public static void Await(RpcInvocation call, ValueTask<T> task)
    {
        ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter awaiter = task.ConfigureAwait(false).GetAwaiter();
        if (awaiter.IsCompleted)
        {
            Give(call, awaiter);
            return;
        }
        AwaitedResult<T> waiting = Spare.Rent();
        waiting._call = call;
        waiting._awaiter = awaiter;
        awaiter.UnsafeOnCompleted(waiting._continue);
    }

    private static void Give(RpcInvocation call, ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter awaiter)
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
        Spare.Return(this);
        Give(call, awaiter);
    }
}

/// <summary>The same for a task without a result.</summary>
internal sealed class AwaitedEnd
{
    private static readonly SparePool<AwaitedEnd> Spare = new();

    private readonly Action _continue;
    private RpcInvocation? _call;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _awaiter;

    public AwaitedEnd() => _continue = Continue;

    public static void Await(RpcInvocation call, ValueTask task)
    {
        ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter awaiter = task.ConfigureAwait(false).GetAwaiter();
        if (awaiter.IsCompleted)
        {
            Give(call, awaiter);
            return;
        }
        AwaitedEnd waiting = Spare.Rent();
        waiting._call = call;
        waiting._awaiter = awaiter;
        awaiter.UnsafeOnCompleted(waiting._continue);
    }

    private static void Give(RpcInvocation call, ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter awaiter)
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
        Spare.Return(this);
        Give(call, awaiter);
    }
}
