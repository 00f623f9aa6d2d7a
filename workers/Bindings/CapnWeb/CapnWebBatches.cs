using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Transports;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>Batches to the runtime: a session and a request for each.</summary>
internal sealed class CapnWebBatches(Uri runtime) : IDisposable
{
    // An invoker, not an HttpClient: no base address, default headers, buffering or timeout of its own for each call.
    private readonly HttpMessageInvoker _http = new(SocketFetch.CreateHandler());
    private readonly Uri _address = new(runtime, CapnWebRuntime.Path);
    private long _sentBytes;
    private long _receivedBytes;

    /// <summary>What all batches so far have moved.</summary>
    public Traffic Traffic => new(Interlocked.Read(ref _sentBytes), Interlocked.Read(ref _receivedBytes));

    /// <summary>Sends what is called before the first wait, and gives what the calls give.</summary>
    public async ValueTask<T> SendAsync<T>(Func<IRuntimeRpc, ValueTask<T>> calls, CancellationToken cancellation)
    {
        var transport = new RpcBatchTransport(_http, _address);
        await using var session = new RpcSession(transport, options: CapnWebCaller.Options);
        ValueTask<T> called = calls(session.GetMain<IRuntimeRpc>());
        Task posting = transport.PostAsync(cancellation);
        try
        {
            // The calls first: where the post fails, they fail by the same error.
            T result = await called;
            await posting;
            return result;
        }
        finally
        {
            await posting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            RpcStatistics moved = session.Statistics;
            Interlocked.Add(ref _sentBytes, moved.BytesSent);
            Interlocked.Add(ref _receivedBytes, moved.BytesReceived);
        }
    }

    public void Dispose() => _http.Dispose();
}
