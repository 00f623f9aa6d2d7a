using System.Runtime.CompilerServices;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>Contains the code for calls that all Cap'n Web methods share.</summary>
internal static class CapnWebCaller
{
    // The continuation of a call may run synchronously on the thread that reads the session, because none of these callers blocks.
    public static readonly RpcSessionOptions Options = new()
    {
        Serializer = CapnWebRuntime.Serializer,
        AllowSynchronousContinuations = true,
    };

    /// <summary>Calls the runtime's member that matches the function's result type.</summary>
    /// <exception cref="RpcException">The runtime reported an error, or the connection failed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<ExecuteResponse> CallAsync(
        IRuntimeRpc runtime, Function function, ExecuteRequest request, CancellationToken cancellation) =>
        function.ResponseType == typeof(ExecuteResponse<ComputeResult>)
            ? await runtime.ComputeAsync(request, cancellation)
            : await runtime.ExecuteAsync(request, cancellation);
}
