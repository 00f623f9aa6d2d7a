using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>
/// A method of delegating calls: connects a caller to the runtime, and describes itself for reports. An implementation has a
/// public constructor without parameters, so that methods of a user's assembly can be created too.
/// </summary>
public interface IBinding
{
    /// <summary>The method's name in reports, filters and endpoints: lower-case words joined by hyphens.</summary>
    string Id { get; }

    /// <summary>The method's tags, by which filters select methods.</summary>
    IReadOnlyList<string> Tags { get; }

    /// <summary>The settings that influence the method's cost, as one line for the reports.</summary>
    string Settings { get; }

    /// <summary>The channel from the caller to the runtime. Null if the method runs the function in the caller.</summary>
    Channel? Channel { get; }

    /// <summary>
    /// The part of the method that the runtime worker hosts. Null if there is none. Several bindings can share one instance.
    /// </summary>
    IServerHalf? Server { get; }

    /// <summary>The latency that the project's brief expects of the method. Null if the brief does not mention the method.</summary>
    ExpectedLatency? Expected => null;

    /// <summary>The references that set the lower limit of the method's latency. Null if no reference does.</summary>
    ReferenceRows? References => null;

    /// <summary>
    /// The largest payload of a call, in bytes of JSON. Larger payloads are not measured. If it is null, there is no limit.
    /// </summary>
    int? MaxPayloadBytes => null;

    /// <summary>
    /// The letter that fills the payloads of this method's cases, whatever payload kind a run has. If it is null, the payloads have the
    /// run's kind.
    /// </summary>
    char? Letter => null;

    /// <summary>Connects a caller to the runtime. This method is only called if the host offers <see cref="Channel"/>.</summary>
    IRuntimeStub Connect(IRuntimeHost host);
}

/// <summary>A caller's connection to the runtime worker. Several threads can make calls at the same time.</summary>
public interface IRuntimeStub : IAsyncDisposable
{
    /// <summary>
    /// The number of bytes that all calls so far have sent and received. It is zero for a method that does not encode messages.
    /// </summary>
    Traffic Traffic { get; }

    /// <summary>Makes one call with a request object and returns the complete response object.</summary>
    /// <exception cref="UnknownFunctionException">The runtime has no such function.</exception>
    /// <exception cref="RuntimeErrorException">The runtime answered with an error.</exception>
    /// <exception cref="RuntimeUnreachableException">The runtime could not be reached, or the connection ended.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled the call.</exception>
    ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation);

    /// <summary>
    /// Makes one call like <see cref="ExecuteAsync(ExecuteRequest, CancellationToken)"/>, but fails if the deadline passes.
    /// </summary>
    /// <exception cref="TimeoutException">No answer arrived before the deadline.</exception>
    ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, TimeSpan deadline, CancellationToken cancellation) =>
        Deadline.ApplyAsync(deadline, limited => ExecuteAsync(request, limited), cancellation);
}

/// <summary>The number of bytes of encoded requests and responses, without the framing that the transport adds.</summary>
/// <param name="SentBytes">The number of bytes that the caller sent to the runtime.</param>
/// <param name="ReceivedBytes">The number of bytes that the runtime sent to the caller.</param>
public readonly record struct Traffic(long SentBytes, long ReceivedBytes);
