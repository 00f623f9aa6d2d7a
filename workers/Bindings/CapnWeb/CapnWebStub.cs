using System.Runtime.CompilerServices;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>The caller's stub for methods with a permanent connection. Any number of concurrent calls share one session.</summary>
internal sealed class CapnWebStub(CapnWebConnection connection) : IRuntimeStub
{
    public Traffic Traffic => connection.Traffic;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        Function function = FunctionList.Find(request.FunctionId);
        try
        {
            return await CapnWebCaller.CallAsync(await connection.RuntimeAsync(cancellation), function, request, cancellation);
        }
        catch (RpcException e)
        {
            throw CapnWebErrors.ToCaller(e);
        }
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
