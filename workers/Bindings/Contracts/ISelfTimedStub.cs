using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>
/// A connection whose calls are made and timed in another process. If they were timed here, the
/// times would include the transfer to that process and back.
/// <see cref="IRuntimeStub.ExecuteAsync(ExecuteRequest, CancellationToken)"/> makes one such call and returns its answer.
/// </summary>
public interface ISelfTimedStub : IRuntimeStub
{
    /// <summary>Lets the other process make calls one after another, and time each of them.</summary>
    /// <param name="request">The request that all calls send. The other process receives it before the first call.</param>
    /// <param name="calls">The largest number of calls, at least 1.</param>
    /// <param name="timeLimit">The time after which no new call starts. A running call is still awaited and timed.</param>
    /// <param name="cancellation">The token that cancels the calls and closes the connection.</param>
    /// <exception cref="RuntimeErrorException">A call failed.</exception>
    /// <exception cref="RuntimeUnreachableException">The other process could not be started, or it ended.</exception>
    ValueTask<SelfTimedCalls> TimeAsync(ExecuteRequest request, int calls, TimeSpan timeLimit, CancellationToken cancellation);
}

/// <summary>The durations of calls, measured by the process that made the calls.</summary>
/// <param name="ElapsedNs">The duration of each call in ns, in the order of the calls. There is at least one call.</param>
/// <param name="ExecutionMs">The time that the function itself ran in each call, in ms.</param>
/// <param name="WallNs">The time from the start of the first call to the end of the last, in ns.</param>
public sealed record SelfTimedCalls(IReadOnlyList<long> ElapsedNs, IReadOnlyList<double> ExecutionMs, long WallNs);
