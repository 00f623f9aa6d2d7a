using System.Diagnostics;

namespace WorkerRpc.Functions;

/// <summary>A function that the runtime worker executes for its callers.</summary>
public abstract class Function
{
    /// <summary>The function's id in requests, reports and filters.</summary>
    public abstract string Id { get; }

    /// <summary>The response type of <see cref="ExecuteAsync"/>: a closed <see cref="ExecuteResponse{TResult}"/>.</summary>
    public abstract Type ResponseType { get; }

    /// <summary>Runs the function and measures its run time.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled the call.</exception>
    public abstract ValueTask<ExecuteResponse> ExecuteAsync(Payload payload, CancellationToken cancellation);
}

/// <summary>A function with a result of type <typeparamref name="TResult"/>.</summary>
/// <typeparam name="TResult">
/// The type of the result. It is deeply immutable, and <see cref="WireJson"/> has type information for its response.
/// </typeparam>
public abstract class Function<TResult> : Function
    where TResult : notnull
{
    /// <inheritdoc/>
    public sealed override Type ResponseType => typeof(ExecuteResponse<TResult>);

    /// <summary>Computes the result of the function.</summary>
    protected abstract ValueTask<TResult> InvokeAsync(Payload payload, CancellationToken cancellation);

    /// <inheritdoc/>
    public sealed override ValueTask<ExecuteResponse> ExecuteAsync(Payload payload, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        long started = Stopwatch.GetTimestamp();
        ValueTask<TResult> pending = InvokeAsync(payload, cancellation);
        // If the function has completed, no async state machine is used. This keeps calls by the method "direct" fast, which are the
        // baseline of every comparison.
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
