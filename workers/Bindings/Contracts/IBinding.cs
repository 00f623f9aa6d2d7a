using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>
/// One method of delegating a call: both ends of it, and the text by which reports name its settings.
/// An implementation has a public constructor without parameters, so that a user's assembly can bring one too.
/// </summary>
public interface IBinding
{
    /// <summary>The method's name in reports, filters and endpoints: lower case, words joined by hyphens.</summary>
    string Id { get; }

    /// <summary>Categories that select the method, beside its id.</summary>
    IReadOnlyList<string> Tags { get; }

    /// <summary>The settings that matter to its cost, in one line for the reports.</summary>
    string Settings { get; }

    /// <summary>How the caller reaches the runtime; null for a method that stays in the caller.</summary>
    Channel? Channel { get; }

    /// <summary>The half that the runtime serves; null where it serves nothing. Bindings can share one.</summary>
    IServerHalf? Server { get; }

    /// <summary>What the project's brief expects of the method; null where it says nothing.</summary>
    ExpectedLatency? Expected => null;

    /// <summary>The reference rows that the method cannot undercut; null where it has none.</summary>
    ReferenceRows? References => null;

    /// <summary>The largest payload that a call can carry, in bytes of JSON: it has no cases of larger ones. Null for any.</summary>
    int? MaxPayloadBytes => null;

    /// <summary>The letter that the payloads of its cases repeat.</summary>
    char Letter => PayloadSize.PlainLetter;

    /// <summary>Connects a caller to the runtime. Called only where the host offers <see cref="Channel"/>.</summary>
    IRuntimeStub Connect(IRuntimeHost host);
}

/// <summary>What a caller holds of the runtime worker. Safe for concurrent calls.</summary>
public interface IRuntimeStub : IAsyncDisposable
{
    /// <summary>The bytes that calls have moved so far. Zero for a method that makes none.</summary>
    Traffic Traffic { get; }

    /// <summary>Delegates one call: begins with a materialised request and ends with a materialised response.</summary>
    /// <exception cref="UnknownFunctionException">The runtime has no such function.</exception>
    /// <exception cref="RuntimeErrorException">The runtime answered with an error.</exception>
    /// <exception cref="RuntimeUnreachableException">The runtime could not be reached, or went away.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation);

    /// <summary>As <see cref="ExecuteAsync(ExecuteRequest, CancellationToken)"/>, for a caller that waits no longer than a time.</summary>
    /// <exception cref="TimeoutException">There was no answer within that time.</exception>
    ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, TimeSpan deadline, CancellationToken cancellation) =>
        Deadline.HoldAsync(deadline, expiring => ExecuteAsync(request, expiring), cancellation);
}

/// <summary>Bytes of encoded requests and responses, without the transport's own framing.</summary>
/// <param name="SentBytes">From the caller to the runtime.</param>
/// <param name="ReceivedBytes">From the runtime to the caller.</param>
public readonly record struct Traffic(long SentBytes, long ReceivedBytes);
