namespace WorkerRpc.CapnWeb.Values;

/// <summary>The result of a call without one. It is sent as <c>undefined</c>; when read, any value is accepted and dropped.</summary>
public readonly record struct RpcVoid
{
    /// <summary>Turns a call without a result into a <see cref="ValueTask"/>.</summary>
    public static ValueTask Await(ValueTask<RpcVoid> call)
    {
        if (!call.IsCompletedSuccessfully)
        {
            return new ValueTask(call.AsTask());
        }
        // GetResult returns the completed call to its pool.
        _ = call.GetAwaiter().GetResult();
        return default;
    }
}
