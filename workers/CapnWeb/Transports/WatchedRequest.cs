using System.Net;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>
/// Sends the request of a client's WebSocket, and puts a <see cref="WatchedStream"/> over its connection.
/// <see cref="System.Net.WebSockets.ClientWebSocket"/> takes the stream from the response alone.
/// </summary>
/// <param name="http">Sends the request.</param>
/// <param name="configure">Gets the request before it is sent; null where nobody does.</param>
/// <param name="options">The connection's settings.</param>
internal sealed class WatchedRequest(HttpMessageInvoker http, Action<HttpRequestMessage>? configure, RpcWebSocketOptions options)
    : HttpMessageHandler
{
    /// <summary>The connection; null until the server has given one.</summary>
    public WatchedStream? Stream { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        configure?.Invoke(request);
        // An HttpClient would otherwise read the connection to its end first.
        HttpResponseMessage response = await (http is HttpClient client
            ? client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            : http.SendAsync(request, cancellationToken)).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            Stream = new WatchedStream(stream, options.CreateWatch());
            response.Content = new Connection(Stream);
        }

        return response;
    }

    // StreamContent gives its stream out for reading only.
    private sealed class Connection(WatchedStream stream) : HttpContent
    {
        protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => stream;

        protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(stream);

        protected override Task SerializeToStreamAsync(Stream target, TransportContext? context) => throw new NotSupportedException();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                stream.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
