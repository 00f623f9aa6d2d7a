using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>
/// The opening handshake (RFC 6455, section 4) at either end: by itself, for it gives the stream, which the WebSockets of
/// the framework keep to themselves.
/// </summary>
internal static class WebSocketHandshake
{
    private const string Version = "13";
    private const string Protocol = "websocket";
    private const int KeyBytes = 16;

    // RFC 6455, 1.3.
    private const string AcceptSalt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private static readonly Lazy<HttpMessageInvoker> s_http = new(() => new HttpMessageInvoker(new SocketsHttpHandler
    {
        UseCookies = false,
        AllowAutoRedirect = false,
    }));

    /// <summary>Asks a server for a WebSocket, and gives the stream that follows its answer.</summary>
    /// <exception cref="WebSocketException">The server answered otherwise.</exception>
    public static async Task<Stream> ConnectAsync(Uri address, HttpMessageInvoker? http, Action<HttpRequestMessage>? configure, CancellationToken cancellationToken)
    {
        string key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));
        using HttpRequestMessage request = CreateRequest(address, key);
        configure?.Invoke(request);
        HttpResponseMessage response = await (http ?? s_http.Value).SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            Check(response, address, key);
            // Disposing it ends the connection, so that nothing else of the response needs to be.
            return await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>Whether a request asks for a WebSocket that can be given here, in HTTP/1.1 or HTTP/2.</summary>
    public static bool IsRequested(HttpContext context) =>
        context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect
            ? string.Equals(connect.Protocol, Protocol, StringComparison.OrdinalIgnoreCase)
            : HttpMethods.IsGet(context.Request.Method) && context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
                && Contains(context.Request.Headers.Upgrade.ToString(), Protocol);

    /// <summary>Why a request that asks for a WebSocket cannot have one; null where it can.</summary>
    public static string? WhyRefused(HttpRequest request)
    {
        string version = request.Headers.SecWebSocketVersion.ToString();
        if (version != Version)
        {
            return $"Sec-WebSocket-Version '{version}': expected {Version}.";
        }

        string key = request.Headers.SecWebSocketKey.ToString();
        // HTTP/2 has no key (RFC 8441, 5.1).
        return HttpMethods.IsGet(request.Method) && !IsKey(key) ? $"Sec-WebSocket-Key '{key}': expected {KeyBytes} bytes in base64." : null;
    }

    /// <summary>Answers a request for which <see cref="WhyRefused"/> has nothing to say.</summary>
    /// <returns>The stream that follows, and the connection's own pipe under it where the server shows that: it can be waited
    /// on for a number of bytes, where a stream wakes its reader for each block.</returns>
    public static async Task<(Stream Stream, PipeReader? Pipe)> AcceptAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            // The connection's bytes are those of all its streams.
            return (await connect.AcceptAsync().ConfigureAwait(false), null);
        }

        IHeaderDictionary headers = context.Response.Headers;
        headers.Connection = HeaderNames.Upgrade;
        headers.Upgrade = Protocol;
        headers.SecWebSocketAccept = AcceptOf(context.Request.Headers.SecWebSocketKey.ToString());
        Stream stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync().ConfigureAwait(false);
        return (stream, context.Features.Get<IConnectionTransportFeature>()?.Transport.Input);
    }

    /// <summary>What a server answers to a key.</summary>
    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "The protocol asks for it, to no end that needs a strong one.")]
    internal static string AcceptOf(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptSalt)));

    private static HttpRequestMessage CreateRequest(Uri address, string key)
    {
        string scheme = address.Scheme switch
        {
            "ws" => Uri.UriSchemeHttp,
            "wss" => Uri.UriSchemeHttps,
            "http" or "https" => address.Scheme,
            _ => throw new ArgumentException($"'{address}': expected an address that begins with ws:, wss:, http: or https:.", nameof(address)),
        };
        var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(address) { Scheme = scheme, Port = address.IsDefaultPort ? -1 : address.Port }.Uri)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TryAddWithoutValidation(HeaderNames.Connection, HeaderNames.Upgrade);
        request.Headers.TryAddWithoutValidation(HeaderNames.Upgrade, Protocol);
        request.Headers.TryAddWithoutValidation(HeaderNames.SecWebSocketVersion, Version);
        request.Headers.TryAddWithoutValidation(HeaderNames.SecWebSocketKey, key);
        return request;
    }

    private static void Check(HttpResponseMessage response, Uri address, string key)
    {
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
        {
            throw new WebSocketException(WebSocketError.NotAWebSocket, $"{address} answered {(int)response.StatusCode} {response.ReasonPhrase}: expected 101.");
        }

        string? accept = response.Headers.TryGetValues(HeaderNames.SecWebSocketAccept, out IEnumerable<string>? values) ? string.Join(", ", values) : null;
        if (accept != AcceptOf(key) || !Contains(response.Headers.Upgrade.ToString(), Protocol))
        {
            throw new WebSocketException(WebSocketError.HeaderError, $"{address} answered 101 with Sec-WebSocket-Accept '{accept}' and Upgrade '{response.Headers.Upgrade}': no answer to this request.");
        }
    }

    private static bool Contains(string list, string token) =>
        list.Split(',', StringSplitOptions.TrimEntries).Contains(token, StringComparer.OrdinalIgnoreCase);

    private static bool IsKey(string key) => Base64.IsValid(key, out int length) && length == KeyBytes;
}
