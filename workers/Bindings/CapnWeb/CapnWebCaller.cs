using System.Runtime.CompilerServices;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>Makes the calls of all Cap'n Web methods.</summary>
internal static class CapnWebCaller
{
    // Synchronous continuations are safe here, because no continuation of these callers blocks.
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
