using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>The request that the application receives. Later requests reuse this object.</summary>
internal sealed class InlineRequest : HttpRequestFeature, IHttpRequestBodyDetectionFeature
{
    private readonly HeaderDictionary _headers = [];

    // The address of the previous request, whose parsed parts are kept. Most callers use one address, and parsing it again makes a
    // call with 100 B 11 % slower.
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
        // ContentLength is read only if the body is not chunked, because reading it makes the content compute its length.
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
            // HttpClient stores the products of a User-Agent header as several values, but sends them in one line. So they are joined here.
            bool isOneLine = values.Count == 1 || string.Equals(name, HeaderNames.UserAgent, StringComparison.OrdinalIgnoreCase);
            Headers.Append(name, isOneLine ? values.ToString() : values.ToArray());
        }
    }
}
