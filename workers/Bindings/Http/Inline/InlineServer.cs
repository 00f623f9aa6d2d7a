using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>
/// An ASP.NET Core server without a socket, a parser or own threads: it runs the application on the caller's thread. TestServer
/// runs the application on the thread pool; apart from that, the two servers behave in the same way.
/// </summary>
/// <remarks>An application that blocks its thread also blocks its caller, because both use the same thread.</remarks>
/// <param name="log">The log for failures that neither the caller nor the application sees.</param>
public sealed class InlineServer(ILogger<InlineServer> log) : IServer
{
    // The number of feature collections in the pool. With more concurrent calls, each additional call allocates a new collection.
    private const int MaxPooledFeatures = 64;

    private Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> _send = (_, _) =>
        throw new InvalidOperationException("The server has not been started: no request can be sent to it yet.");

    /// <inheritdoc/>
    public IFeatureCollection Features { get; } = new FeatureCollection();

    /// <inheritdoc/>
    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        var pool = new DefaultObjectPool<InlineFeatureCollection>(new InlineFeaturePolicy<TContext>(), MaxPooledFeatures);
        var host = new InlineHost(exchange => exchange.RunAsync(application), pool, log);
        Volatile.Write(ref _send, (message, cancellation) => new InlineExchange(message, host).SendAsync(cancellation));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Creates a handler that sends requests to the application. The handler may be created before the server starts.</summary>
    public HttpMessageHandler CreateHandler() => new Handler(this);

    /// <inheritdoc/>
    public void Dispose() => Volatile.Write(
        ref _send, (_, _) => throw new HttpRequestException(HttpRequestError.ConnectionError, "The server has been stopped."));

    private sealed class Handler(InlineServer server) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(request);
            if (cancellationToken.IsCancellationRequested)
            {
                return Task.FromCanceled<HttpResponseMessage>(cancellationToken);
            }

            try
            {
                return Volatile.Read(ref server._send)(request, cancellationToken);
            }
            catch (Exception e)
            {
                return Task.FromException<HttpResponseMessage>(e);
            }
        }
    }
}
