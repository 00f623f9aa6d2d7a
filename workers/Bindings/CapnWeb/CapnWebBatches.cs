using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Transports;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>Sends batches of calls to the runtime. Each batch has its own session and its own HTTP request.</summary>
internal sealed class CapnWebBatches(Uri runtime) : IDisposable
{
    // HttpMessageInvoker replaces HttpClient, because HttpClient adds default headers, buffering and a timeout to each call.
    private readonly HttpMessageInvoker _http = new(SocketFetch.CreateHandler());
    private readonly Uri _address = new(runtime, CapnWebRuntime.Path);
    private long _sentBytes;
    private long _receivedBytes;

    /// <summary>The number of bytes that all batches so far have sent and received.</summary>
    public Traffic Traffic => new(Interlocked.Read(ref _sentBytes), Interlocked.Read(ref _receivedBytes));

    /// <summary>Runs a delegate, sends the calls that it makes before its first await as one batch, and returns its result.</summary>
    public async ValueTask<T> SendAsync<T>(Func<IRuntimeRpc, ValueTask<T>> calls, CancellationToken cancellation)
    {
        var transport = new RpcBatchTransport(_http, _address);
        await using var session = new RpcSession(transport, options: CapnWebCaller.Options);
        ValueTask<T> calling = calls(session.GetMain<IRuntimeRpc>());
        Task posting = transport.PostAsync(cancellation);
        try
        {
            // The calls are awaited before the HTTP request. If the request fails, the calls fail with the same error.
            T result = await calling;
            await posting;
            return result;
        }
        finally
        {
            await posting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            RpcStatistics statistics = session.Statistics;
            Interlocked.Add(ref _sentBytes, statistics.BytesSent);
            Interlocked.Add(ref _receivedBytes, statistics.BytesReceived);
        }
    }

    public void Dispose() => _http.Dispose();
}
