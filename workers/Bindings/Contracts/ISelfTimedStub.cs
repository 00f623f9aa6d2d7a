using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>
/// A connection whose calls begin and end in another process, which times each by its own clock: from here, what would
/// be timed is the way to that process and back. <see cref="IRuntimeStub.ExecuteAsync(ExecuteRequest, CancellationToken)"/>
/// has it make one such call, for its answer.
/// </summary>
public interface ISelfTimedStub : IRuntimeStub
{
    /// <summary>Has the calls made one after another, each awaited and timed.</summary>
    /// <param name="request">What they are made with; held over there before the first call.</param>
    /// <param name="calls">The most calls; at least 1.</param>
    /// <param name="timeLimit">No call begins after this. The one in flight is awaited and timed too.</param>
    /// <param name="cancellation">Ends it, and the connection with it.</param>
    /// <exception cref="RuntimeErrorException">A call failed.</exception>
    /// <exception cref="RuntimeUnreachableException">The other process could not be started, or went away.</exception>
    ValueTask<SelfTimedCalls> TimeAsync(ExecuteRequest request, int calls, TimeSpan timeLimit, CancellationToken cancellation);
}

/// <summary>Calls as the process that made them timed them.</summary>
/// <param name="ElapsedNs">How long each took, in ns, in the order of the calls; at least one.</param>
/// <param name="ExecutionMs">How long the function itself ran in each, in ms.</param>
/// <param name="WallNs">From the beginning of the first to the end of the last, in ns.</param>
public sealed record SelfTimedCalls(IReadOnlyList<long> ElapsedNs, IReadOnlyList<double> ExecutionMs, long WallNs);
