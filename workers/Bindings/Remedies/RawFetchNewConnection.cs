using System.Net.Sockets;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Wire;

namespace WorkerRpc.Bindings.Remedies;

/// <summary>Like <c>raw-fetch</c>, but each call opens a new connection. Shows how much time a connection pool saves.</summary>
public sealed class RawFetchNewConnection : IBinding
{
    /// <inheritdoc/>
    public string Id => "raw-fetch-new-connection";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BindingTags.Remedy];

    /// <inheritdoc/>
    public string Settings => "as raw-fetch, a new TCP connection each call (Connection: close), "
        + "closed by a reset so that no port is left waiting, source-generated JSON with Content-Length";

    /// <inheritdoc/>
    public ReferenceRows References => new(ReferenceIds.Tcp, ReferenceIds.Json);

    /// <inheritdoc/>
    public Channel? Channel => HttpChannels.Loopback;

    /// <inheritdoc/>
    public IServerHalf Server => ExecuteEndpoint.Shared;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host)
    {
        SocketsHttpHandler handler = SocketFetch.CreateHandler();
        // With a linger time of 0, a connection is closed by a reset, which frees its port at once. A normal close keeps the port in
        // TIME_WAIT for a minute, so thousands of calls per second would use up all ports.
        handler.ConnectCallback = (context, cancellation) => SocketFetch.ConnectAsync(
            new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(enable: true, seconds: 0) },
            context.DnsEndPoint, cancellation);
        return new FetchStub(new ClosingHandler(handler), JsonWire.Shared, host.Open(HttpChannels.Loopback));
    }

    private sealed class ClosingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.ConnectionClose = true;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
