using WorkerRpc.Bindings.Contracts;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>The caller's half over HTTP batches: one for each call.</summary>
internal sealed class CapnWebBatchStub(CapnWebBatches batches) : IRuntimeStub
{
    public Traffic Traffic => batches.Traffic;

    public async ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        Function function = FunctionList.Find(request.FunctionId);
        try
        {
            return await batches.SendAsync(runtime => CapnWebCaller.CallAsync(runtime, function, request, cancellation), cancellation);
        }
        catch (RpcException e)
        {
            // The post that was given up may have failed its calls before they heard of it themselves.
            cancellation.ThrowIfCancellationRequested();
            throw CapnWebErrors.ToCaller(e);
        }
    }

    public ValueTask DisposeAsync()
    {
        batches.Dispose();
        return ValueTask.CompletedTask;
    }
}
