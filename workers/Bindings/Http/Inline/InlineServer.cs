using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>
/// An ASP.NET Core server without a socket, a parser or a thread of its own: a request is handed to the application in
/// memory, on the thread of its caller, who gets the response when it has started. Bodies are bytes, streamed both
/// ways. What an in-process service binding can cost; it behaves as TestServer does, which hops to the thread pool.
/// </summary>
/// <remarks>An application that blocks its thread, instead of awaiting, blocks its caller.</remarks>
/// <param name="log">Gets what nobody else hears of: failures after a response is complete.</param>
public sealed class InlineServer(ILogger<InlineServer> log) : IServer
{
    private Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> _send = (_, _) =>
        throw new InvalidOperationException("The server has not been started: no request can be sent to it yet.");

    /// <inheritdoc/>
    public IFeatureCollection Features { get; } = new FeatureCollection();

    /// <inheritdoc/>
    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        var exchanges = new Exchanges<TContext>(application, log);
        Volatile.Write(ref _send, (message, cancellation) => exchanges.Get().SendAsync(message, cancellation));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <summary>A new handler that sends requests to the application. It may be made before the server starts.</summary>
    public HttpMessageHandler CreateHandler() => new Handler(this);

    /// <inheritdoc/>
    public void Dispose() => Volatile.Write(ref _send, (_, _) => throw new HttpRequestException(HttpRequestError.ConnectionError, "The server has been stopped."));

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

    private sealed class Exchanges<TContext> : DefaultObjectPool<InlineExchange<TContext>>
        where TContext : notnull
    {
        // As many as there may be calls at once before another one has to be made; each holds a few KB.
        private const int Kept = 64;

        public Exchanges(IHttpApplication<TContext> application, ILogger log)
            : this(new Policy(application, log))
        {
        }

        private Exchanges(Policy policy)
            : base(policy, Kept) => policy.Pool = this;

        private sealed class Policy(IHttpApplication<TContext> application, ILogger log) : PooledObjectPolicy<InlineExchange<TContext>>
        {
            public Exchanges<TContext> Pool { get; set; } = null!;

            public override InlineExchange<TContext> Create() => new(application, Pool, log);

            // It has forgotten its request before it gives itself back.
            public override bool Return(InlineExchange<TContext> obj) => true;
        }
    }
}
