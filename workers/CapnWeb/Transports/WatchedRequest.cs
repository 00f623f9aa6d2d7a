using System.Net;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>
/// Sends the request of a client's WebSocket, and wraps the connection in a <see cref="WatchedStream"/>.
/// <see cref="System.Net.WebSockets.ClientWebSocket"/> reads its stream from the response.
/// </summary>
/// <param name="http">The sender of the request.</param>
/// <param name="configure">A function that changes the request before it is sent. If it is null, the request is sent unchanged.</param>
/// <param name="options">The settings of the connection.</param>
internal sealed class WatchedRequest(HttpMessageInvoker http, Action<HttpRequestMessage>? configure, RpcWebSocketOptions options)
    : HttpMessageHandler
{
    /// <summary>The connection. It is null until the server has accepted the WebSocket.</summary>
    public WatchedStream? Stream { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        configure?.Invoke(request);
        HttpResponseMessage response = await http.SendForHeadersAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            Stream = new WatchedStream(stream, options.CreateWatch());
            response.Content = new Connection(Stream);
        }

        return response;
    }

    // This class replaces StreamContent, whose stream is read-only.
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
