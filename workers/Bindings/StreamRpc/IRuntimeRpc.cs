using PolyType;
using StreamJsonRpc;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.StreamRpc;

/// <summary>The runtime's interface for StreamJsonRpc, whose source generators create the caller's proxy from it.</summary>
// https://microsoft.github.io/vs-streamjsonrpc/docs/proxies.html#rpc-interfaces
[JsonRpcContract]
[GenerateShape(IncludeMethods = MethodShapeFlags.PublicInstance)]
internal partial interface IRuntimeRpc
{
    Task<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation);
}
