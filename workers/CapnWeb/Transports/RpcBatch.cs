using WorkerRpc.CapnWeb.Sessions;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>Calls that travel together in one HTTP request, and their answers in its response.</summary>
public static class RpcBatch
{
    /// <summary>
    /// Runs <paramref name="calls"/> and sends what it has called when it returns its task: calls belong to the batch that are
    /// made before the first <c>await</c> of something that has not come. Make every call first, use results that have not come
    /// as arguments or call them, and await at the end; a later call fails.
    /// </summary>
    /// <typeparam name="TMain">The interface of the peer's main object.</typeparam>
    /// <typeparam name="TResult">What the calls give.</typeparam>
    /// <param name="http">Sends the request. An <see cref="HttpClient"/> is one; its base address is not used.</param>
    /// <param name="address">Where the peer takes batches.</param>
    /// <param name="calls">Gets the peer's main object. Stubs in results are of no use when it has completed.</param>
    /// <param name="options">The session's; null: all defaults.</param>
    /// <param name="batch">The request's; null: all defaults.</param>
    /// <param name="cancellationToken">Gives the batch up.</param>
    /// <exception cref="Values.RpcBrokenException">The peer cannot be reached, or its answer is none.</exception>
    public static async Task<TResult> SendAsync<TMain, TResult>(
        HttpMessageInvoker http,
        Uri address,
        Func<TMain, Task<TResult>> calls,
        RpcSessionOptions? options = null,
        RpcBatchOptions? batch = null,
        CancellationToken cancellationToken = default)
        where TMain : class
    {
        var transport = new RpcBatchTransport(http, address, batch);
        await using var session = new RpcSession(transport, options: options);
        Task<TResult> results = calls(session.GetMain<TMain>());
        try
        {
            await transport.PostAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // They fail for the same reason, which is heard from here.
            _ = results.ContinueWith(failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            throw;
        }

        return await results.ConfigureAwait(false);
    }
}
