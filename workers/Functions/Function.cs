using System.Diagnostics;

namespace WorkerRpc.Functions;

/// <summary>A function that the runtime worker executes for its callers.</summary>
public abstract class Function
{
    /// <summary>The id that requests, reports and filters use.</summary>
    public abstract string Id { get; }

    /// <summary>The response type of <see cref="ExecuteAsync"/>: a closed <see cref="ExecuteResponse{TResult}"/>.</summary>
    public abstract Type ResponseType { get; }

    /// <summary>Runs the function and times it.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled the call.</exception>
    public abstract ValueTask<ExecuteResponse> ExecuteAsync(Payload payload, CancellationToken cancellation);
}

/// <summary>A function with a result of type <typeparamref name="TResult"/>.</summary>
/// <typeparam name="TResult">A deeply immutable type. <see cref="WireJson"/> must have type information for its response.</typeparam>
public abstract class Function<TResult> : Function
    where TResult : notnull
{
    /// <inheritdoc/>
    public sealed override Type ResponseType => typeof(ExecuteResponse<TResult>);

    /// <summary>The function's body.</summary>
    protected abstract ValueTask<TResult> InvokeAsync(Payload payload, CancellationToken cancellation);

    /// <inheritdoc/>
    public sealed override ValueTask<ExecuteResponse> ExecuteAsync(Payload payload, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        long started = Stopwatch.GetTimestamp();
        ValueTask<TResult> pending = InvokeAsync(payload, cancellation);
        // Skip the state machine if the function has completed: calls with 'direct' are the baseline of every comparison.
        return pending.IsCompletedSuccessfully
            ? new ValueTask<ExecuteResponse>(Respond(pending.Result, started))
            : AwaitAsync(pending, started);
    }

    private static async ValueTask<ExecuteResponse> AwaitAsync(ValueTask<TResult> pending, long started) =>
        Respond(await pending, started);

    private static ExecuteResponse<TResult> Respond(TResult result, long started)
    {
        double executionTimeMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return new ExecuteResponse<TResult>(result, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), executionTimeMs);
    }
}
