using System.Runtime.CompilerServices;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>A call as every method of Cap'n Web makes it.</summary>
internal static class CapnWebCaller
{
    // Nothing here blocks a continuation: a caller that does needs the default.
    public static readonly RpcSessionOptions Options = new() { Serializer = CapnWebRuntime.Serializer, AllowSynchronousContinuations = true };

    /// <summary>Calls the member that gives what the function does.</summary>
    /// <exception cref="RpcException">The runtime's error, or the connection's.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<ExecuteResponse> CallAsync(IRuntimeRpc runtime, Function function, ExecuteRequest request, CancellationToken cancellation) =>
        function.ResponseType == typeof(ExecuteResponse<ComputeResult>)
            ? await runtime.ComputeAsync(request, cancellation)
            : await runtime.ExecuteAsync(request, cancellation);
}
