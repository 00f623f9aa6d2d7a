using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>The connection, request and token of a case's calls.</summary>
/// <param name="Id">The case.</param>
/// <param name="Stub">The connection, from the caller worker's services.</param>
/// <param name="Request">The request. All calls of the case send the same one, unless <see cref="Requests"/> has several.</param>
/// <param name="Cancellation">
/// A cancellable token, as in the caller worker, because registering with a cancellable token is part of a call's cost.
/// </param>
public sealed record CaseSetup(CaseId Id, IRuntimeStub Stub, ExecuteRequest Request, CancellationToken Cancellation)
{
    /// <summary>Checks the answers and counts the failed calls. Copies of this record share the check.</summary>
    internal AnswerCheck Answers { get; init; } = new();

    /// <summary>The requests that the calls send in turn. Only a case with a folder of payload files has several.</summary>
    internal IReadOnlyList<ExecuteRequest> Requests { get; init; } = [Request];

    /// <summary>Returns the index of the request that a call sends. Calls are counted from 0.</summary>
    internal int Turn(long call) => Requests.Count == 1 ? 0 : (int)(call % Requests.Count);
}
