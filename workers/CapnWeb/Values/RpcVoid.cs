namespace WorkerRpc.CapnWeb.Values;

/// <summary>
/// The result type of a call that returns nothing. It is sent as <c>undefined</c>. When it is read, any value is accepted and ignored.
/// </summary>
public readonly record struct RpcVoid
{
    /// <summary>Converts the task of a call without a result to a <see cref="ValueTask"/>.</summary>
    public static ValueTask Await(ValueTask<RpcVoid> call)
    {
        if (!call.IsCompletedSuccessfully)
        {
            return new ValueTask(call.AsTask());
        }
        // GetResult also returns the completed call to its pool.
        _ = call.GetAwaiter().GetResult();
        return default;
    }
}
