using Microsoft.AspNetCore.Http;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>Cancels calls that run longer than their deadline.</summary>
internal static class Deadline
{
    /// <summary>Makes a call and cancels it when the deadline has passed.</summary>
    /// <exception cref="TimeoutException">The deadline has passed. Either the caller's clock or the runtime's clock found that.</exception>
    public static async ValueTask<ExecuteResponse> ApplyAsync(
        TimeSpan deadline, Func<CancellationToken, ValueTask<ExecuteResponse>> call, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(deadline);
        try
        {
            return await call(limited.Token);
        }
        catch (Exception e) when (e is RuntimeErrorException { Status: StatusCodes.Status504GatewayTimeout }
            || (e is OperationCanceledException && limited.IsCancellationRequested && !cancellation.IsCancellationRequested))
        {
            throw Exceeded(deadline, e);
        }
    }

    /// <summary>Creates the exception for a call whose deadline has passed.</summary>
    public static TimeoutException Exceeded(TimeSpan deadline, Exception inner) =>
        new(FormattableString.Invariant($"No answer from the runtime within {deadline.TotalSeconds} s."), inner);
}
