using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>What a case's calls are made with.</summary>
/// <param name="Id">Which case it is.</param>
/// <param name="Stub">The connection, from the caller worker's own container.</param>
/// <param name="Request">The request, made once a case.</param>
/// <param name="Cancellation">A token that can be cancelled, as the caller worker's is: its registration is part of the cost.</param>
public sealed record CaseSetup(CaseId Id, IRuntimeStub Stub, ExecuteRequest Request, CancellationToken Cancellation);
