using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>What the runtime offers over Cap'n Web: a member for each type of result, as the response of each has a type of its own.</summary>
internal interface IRuntimeRpc
{
    /// <summary>Executes a function that gives a payload back.</summary>
    [RpcMember]
    ValueTask<ExecuteResponse<Payload>> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation);

    /// <summary>Executes a function that gives a computed result.</summary>
    [RpcMember]
    ValueTask<ExecuteResponse<ComputeResult>> ComputeAsync(ExecuteRequest request, CancellationToken cancellation);

    /// <summary>Gives a payload back: a call whose result is the next one's argument.</summary>
    [RpcMember]
    ValueTask<Payload> EchoAsync(Payload payload, CancellationToken cancellation);
}
