using WorkerRpc.Bindings.Contracts;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>The caller's stub for HTTP batches: sends one batch for each call.</summary>
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
            // If the HTTP request is cancelled, the call may fail with an RpcException first. This line reports the cancellation instead.
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
