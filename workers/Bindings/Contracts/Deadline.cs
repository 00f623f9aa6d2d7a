using Microsoft.AspNetCore.Http;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>The time that a caller gives a call.</summary>
internal static class Deadline
{
    /// <summary>Makes a call, and cancels it when its time is up.</summary>
    /// <exception cref="TimeoutException">It was, by the caller's clock or by the runtime's.</exception>
    public static async ValueTask<ExecuteResponse> HoldAsync(
        TimeSpan deadline, Func<CancellationToken, ValueTask<ExecuteResponse>> call, CancellationToken cancellation)
    {
        using var expiring = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        expiring.CancelAfter(deadline);
        try
        {
            return await call(expiring.Token);
        }
        catch (Exception e) when (e is RuntimeErrorException { Status: StatusCodes.Status504GatewayTimeout }
            || (e is OperationCanceledException && expiring.IsCancellationRequested && !cancellation.IsCancellationRequested))
        {
            throw Passed(deadline, e);
        }
    }

    /// <summary>What a caller hears whose time is up.</summary>
    public static TimeoutException Passed(TimeSpan deadline, Exception inner) =>
        new(FormattableString.Invariant($"No answer from the runtime within {deadline.TotalSeconds} s."), inner);
}
