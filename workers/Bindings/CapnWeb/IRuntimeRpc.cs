using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>
/// The runtime's interface for Cap'n Web. Each result type has its own member, because the responses have different types.
/// </summary>
internal interface IRuntimeRpc
{
    /// <summary>Executes a function whose result is a payload.</summary>
    [RpcMember]
    ValueTask<ExecuteResponse<Payload>> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation);

    /// <summary>Executes a function whose result is a computed number.</summary>
    [RpcMember]
    ValueTask<ExecuteResponse<ComputeResult>> ComputeAsync(ExecuteRequest request, CancellationToken cancellation);

    /// <summary>Returns the payload that it receives, so that the result can be the argument of the next call in a chain.</summary>
    [RpcMember]
    ValueTask<Payload> EchoAsync(Payload payload, CancellationToken cancellation);
}
