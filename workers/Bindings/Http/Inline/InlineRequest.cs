using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>The request that the application receives. Later requests reuse the object.</summary>
internal sealed class InlineRequest : HttpRequestFeature, IHttpRequestBodyDetectionFeature
{
    private readonly HeaderDictionary _headers = [];

    // The parsed parts of the last address. Most callers use one address, and parsing it in each call costs 11 % at 100 B.
    private Uri? _address;
    private string _path = "";
    private string _query = "";
    private string _host = "";

    public bool CanHaveBody { get; private set; }

    /// <summary>Copies the address and headers of a message, but not its body.</summary>
    public void SetMessage(HttpRequestMessage message)
    {
        Uri address = message.RequestUri is { IsAbsoluteUri: true } absolute
            ? absolute
            : throw new InvalidOperationException(
                $"The request's address '{message.RequestUri}' cannot be used. Expected an absolute one, like http://runtime/execute.");
        if (!ReferenceEquals(address, _address))
        {
            Parse(address);
        }

        Protocol = HttpProtocol.GetHttpProtocol(message.Version);
        Method = message.Method.Method;
        Scheme = address.Scheme;
        PathBase = "";
        Path = _path;
        QueryString = _query;
        RawTarget = address.PathAndQuery;
        CanHaveBody = false;
        _headers.Clear();
        Headers = _headers;
        Copy(message.Headers.NonValidated);
        if (message.Content is { } content)
        {
            SetContentHeaders(content, message.Version);
        }

        if (!Headers.ContainsKey(HeaderNames.Host))
        {
            Headers.Host = _host;
        }
    }

    private void Parse(Uri address)
    {
        _address = address;
        _path = PathString.FromUriComponent(address).Value ?? "";
        _query = Microsoft.AspNetCore.Http.QueryString.FromUriComponent(address).Value ?? "";
        var host = HostString.FromUriComponent(address);
        _host = (address.IsDefaultPort ? new HostString(host.Host) : host).ToString();
    }

    private void SetContentHeaders(HttpContent content, Version version)
    {
        bool isChunked = Headers.TransferEncoding.ToString().Contains("chunked", StringComparison.OrdinalIgnoreCase);
        // Reading ContentLength makes the content compute its length. A body has either a length or chunks.
        long? length = isChunked ? null : content.Headers.ContentLength;
        Copy(content.Headers.NonValidated);
        if (isChunked)
        {
            Headers.Remove(HeaderNames.ContentLength);
        }
        else if (length is null && version == System.Net.HttpVersion.Version11)
        {
            Headers.TransferEncoding = "chunked";
        }

        CanHaveBody = length != 0;
    }

    private void Copy(HttpHeadersNonValidated headers)
    {
        foreach ((string name, HeaderStringValues values) in headers)
        {
            // HttpClient stores a User-Agent product list as several values, but sends it as one line.
            bool isOneLine = values.Count == 1 || string.Equals(name, HeaderNames.UserAgent, StringComparison.OrdinalIgnoreCase);
            Headers.Append(name, isOneLine ? values.ToString() : values.ToArray());
        }
    }
}
