using WorkerRpc.Bindings.Http;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>The caller's half over HTTP batches: a session and a request for each call.</summary>
internal sealed class CapnWebBatchStub(Uri runtime) : IRuntimeStub
{
    // An invoker, not an HttpClient: no base address, default headers, buffering or timeout of its own for each call.
    private readonly HttpMessageInvoker _http = new(SocketFetch.CreateHandler());
    private readonly Uri _address = new(runtime, CapnWebRuntime.Path);
    private long _sentBytes;
    private long _receivedBytes;

    public Traffic Traffic => new(Interlocked.Read(ref _sentBytes), Interlocked.Read(ref _receivedBytes));

    public async ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        Function function = FunctionList.Find(request.FunctionId);
        var transport = new RpcBatchTransport(_http, _address);
        await using var session = new RpcSession(transport, options: CapnWebCaller.Options);
        try
        {
            ValueTask<ExecuteResponse> call = CapnWebCaller.CallAsync(session.GetMain<IRuntimeRpc>(), function, request, cancellation);
            await transport.PostAsync(cancellation);
            return await call;
        }
        catch (RpcException e)
        {
            throw CapnWebErrors.ToCaller(e);
        }
        finally
        {
            RpcStatistics moved = session.Statistics;
            Interlocked.Add(ref _sentBytes, moved.BytesSent);
            Interlocked.Add(ref _receivedBytes, moved.BytesReceived);
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
