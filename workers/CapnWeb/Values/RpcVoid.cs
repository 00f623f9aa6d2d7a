namespace WorkerRpc.CapnWeb.Values;

/// <summary>The result of a call that gives none: sent as <c>undefined</c>, and read from whatever the peer returned.</summary>
public readonly record struct RpcVoid
{
    /// <summary>The call as a task without a result.</summary>
    public static ValueTask Await(ValueTask<RpcVoid> call)
    {
        if (!call.IsCompletedSuccessfully)
        {
            return new ValueTask(call.AsTask());
        }
        // Reading the result hands the pooled call back.
        _ = call.GetAwaiter().GetResult();
        return default;
    }
}
