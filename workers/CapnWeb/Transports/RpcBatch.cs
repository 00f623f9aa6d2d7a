using WorkerRpc.CapnWeb.Sessions;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>Sends several calls in one HTTP request and gets their answers from its response.</summary>
public static class RpcBatch
{
    /// <summary>
    /// Runs <paramref name="calls"/>. As soon as it has returned its task, all calls made so far are sent as one batch. A later call fails.
    /// So the function makes every call first and awaits at the end. Promises of the batch's results can be called, and can be arguments of
    /// its other calls.
    /// </summary>
    /// <typeparam name="TMain">The interface of the peer's main object.</typeparam>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="http">The sender of the request, such as an <see cref="HttpClient"/>. A base address is ignored.</param>
    /// <param name="address">The address of the peer.</param>
    /// <param name="calls">A function that calls the peer's main object. Stubs in its result can no longer be called.</param>
    /// <param name="options">The settings of the session. If it is null, the defaults apply.</param>
    /// <param name="batch">The settings of the request. If it is null, the defaults apply.</param>
    /// <param name="cancellationToken">A token that cancels the batch.</param>
    /// <exception cref="Values.RpcBrokenException">The peer cannot be reached, or it did not answer with status 200.</exception>
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
            // The calls fail for the same reason as the batch. Reading the error of their task prevents UnobservedTaskException.
            _ = results.ContinueWith(
                failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            throw;
        }

        return await results.ConfigureAwait(false);
    }
}
