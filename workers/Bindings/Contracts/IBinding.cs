using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>
/// A method of delegating calls: connects a caller to the runtime, and describes itself for reports. An implementation has a
/// public constructor without parameters, so that a user's assembly can bring methods too.
/// </summary>
public interface IBinding
{
    /// <summary>The method's name in reports, filters and endpoints: lower case, words joined by hyphens.</summary>
    string Id { get; }

    /// <summary>The method's categories, by which filters select it.</summary>
    IReadOnlyList<string> Tags { get; }

    /// <summary>The settings that influence the method's cost, as one line for the reports.</summary>
    string Settings { get; }

    /// <summary>The channel from the caller to the runtime; null for a method that stays in the caller.</summary>
    Channel? Channel { get; }

    /// <summary>The part that the runtime worker hosts; null for none. Several bindings can share one instance.</summary>
    IServerHalf? Server { get; }

    /// <summary>The latency that the project's brief expects; null for no expectation.</summary>
    ExpectedLatency? Expected => null;

    /// <summary>The references that the method cannot undercut; null for none.</summary>
    ReferenceRows? References => null;

    /// <summary>The largest payload of a call, in bytes of JSON; null for no limit. Larger payloads get no case.</summary>
    int? MaxPayloadBytes => null;

    /// <summary>The letter that fills the payloads of this method's cases.</summary>
    char Letter => PayloadSize.PlainLetter;

    /// <summary>Connects a caller to the runtime. Only called if the host offers <see cref="Channel"/>.</summary>
    IRuntimeStub Connect(IRuntimeHost host);
}

/// <summary>A caller's connection to the runtime worker. Safe for concurrent calls.</summary>
public interface IRuntimeStub : IAsyncDisposable
{
    /// <summary>The bytes that all calls so far have sent and received; zero for a method that does not encode.</summary>
    Traffic Traffic { get; }

    /// <summary>Makes one call: takes a complete request object and returns a complete response object.</summary>
    /// <exception cref="UnknownFunctionException">The runtime has no such function.</exception>
    /// <exception cref="RuntimeErrorException">The runtime answered with an error.</exception>
    /// <exception cref="RuntimeUnreachableException">The runtime could not be reached, or the connection ended.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled the call.</exception>
    ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation);

    /// <summary>Like <see cref="ExecuteAsync(ExecuteRequest, CancellationToken)"/>, but fails after a deadline.</summary>
    /// <exception cref="TimeoutException">No answer arrived before the deadline.</exception>
    ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, TimeSpan deadline, CancellationToken cancellation) =>
        Deadline.ApplyAsync(deadline, limited => ExecuteAsync(request, limited), cancellation);
}

/// <summary>The bytes of encoded requests and responses, without the transport's own framing.</summary>
/// <param name="SentBytes">The bytes from the caller to the runtime.</param>
/// <param name="ReceivedBytes">The bytes from the runtime to the caller.</param>
public readonly record struct Traffic(long SentBytes, long ReceivedBytes);
