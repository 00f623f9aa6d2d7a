namespace WorkerRpc.CapnWeb.Transports;

/// <summary>Sends requests through any sender, such as an <see cref="HttpClient"/>.</summary>
internal static class HttpInvoking
{
    /// <summary>
    /// Sends a request and returns after the headers of its response. By default an <see cref="HttpClient"/> reads the whole response
    /// first, without a limit of ours. The response of a WebSocket never ends.
    /// </summary>
    public static Task<HttpResponseMessage> SendForHeadersAsync(
        this HttpMessageInvoker http, HttpRequestMessage request, CancellationToken cancellationToken) => http is HttpClient client
        ? client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
        : http.SendAsync(request, cancellationToken);
}
