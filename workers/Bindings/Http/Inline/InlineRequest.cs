using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>The request of one exchange after another, as the application sees it.</summary>
internal sealed class InlineRequest(InlineExchange exchange) : IHttpRequestFeature, IHttpRequestBodyDetectionFeature
{
    private readonly HeaderDictionary _headers = new();
    private Target _target = Target.None;
    private Stream? _body;

    /// <summary>What carries the body from the caller's content to the application.</summary>
    public BodyChannel Channel { get; } = new(exchange.Gate, applicationReads: true);

    /// <inheritdoc/>
    public string Protocol { get; set; } = HttpProtocol.Http11;

    /// <inheritdoc/>
    public string Scheme { get; set; } = "";

    /// <inheritdoc/>
    public string Method { get; set; } = "";

    /// <inheritdoc/>
    public string PathBase { get; set; } = "";

    /// <inheritdoc/>
    public string Path { get; set; } = "";

    /// <inheritdoc/>
    public string QueryString { get; set; } = "";

    /// <inheritdoc/>
    public string RawTarget { get; set; } = "";

    /// <inheritdoc/>
    public IHeaderDictionary Headers { get; set; } = null!;

    /// <inheritdoc/>
    public Stream Body
    {
        get => _body ??= CanHaveBody ? new RequestBodyStream(exchange) : Stream.Null;
        set => _body = value;
    }

    /// <inheritdoc/>
    public bool CanHaveBody { get; private set; }

    /// <summary>Takes over everything of a message but its body.</summary>
    public void Begin(HttpRequestMessage message)
    {
        Uri uri = message.RequestUri is { IsAbsoluteUri: true } absolute
            ? absolute
            : throw new InvalidOperationException($"The request's address '{message.RequestUri}' is none that can be sent to. Expected an absolute one, like http://runtime/execute.");
        if (!ReferenceEquals(uri, _target.Address))
        {
            _target = new Target(uri);
        }

        Protocol = HttpProtocol.GetHttpProtocol(message.Version);
        Method = message.Method.Method;
        Scheme = uri.Scheme;
        Path = _target.Path;
        QueryString = _target.QueryString;
        RawTarget = uri.PathAndQuery;
        Headers = _headers;
        Copy(message.Headers.NonValidated);
        if (message.Content is { } content)
        {
            TakeContentHeaders(content, message.Version);
        }

        if (!_headers.ContainsKey(HeaderNames.Host))
        {
            _headers[HeaderNames.Host] = _target.Host;
        }
    }

    /// <summary>Forgets the request.</summary>
    public void Reset()
    {
        Channel.Reset();
        _headers.Clear();
        _body = null;
        PathBase = "";
        CanHaveBody = false;
    }

    private void TakeContentHeaders(HttpContent content, Version version)
    {
        bool chunked = _headers.TryGetValue(HeaderNames.TransferEncoding, out var encodings)
            && encodings.Any(encoding => string.Equals(encoding, "chunked", StringComparison.OrdinalIgnoreCase));
        // Asking for it lets the content compute it. A body is framed by one or the other.
        long? length = chunked ? null : content.Headers.ContentLength;
        Copy(content.Headers.NonValidated);
        if (chunked)
        {
            _headers.Remove(HeaderNames.ContentLength);
        }
        else if (length is null && version == System.Net.HttpVersion.Version11)
        {
            _headers[HeaderNames.TransferEncoding] = "chunked";
        }

        CanHaveBody = length != 0;
    }

    private void Copy(HttpHeadersNonValidated headers)
    {
        foreach ((string name, HeaderStringValues values) in headers)
        {
            // A product list is several values to the client, and one line on the wire.
            bool isOneLine = values.Count == 1 || string.Equals(name, HeaderNames.UserAgent, StringComparison.OrdinalIgnoreCase);
            _headers.Append(name, isOneLine ? values.ToString() : values.ToArray());
        }
    }

    /// <summary>The parts of an address; a caller that sends to the same one again has them already, as on a kept connection.</summary>
    private sealed class Target
    {
        public static readonly Target None = new();

        public Target(Uri address)
        {
            Address = address;
            Path = PathString.FromUriComponent(address).Value ?? "";
            QueryString = Microsoft.AspNetCore.Http.QueryString.FromUriComponent(address).Value ?? "";
            var host = HostString.FromUriComponent(address);
            Host = (address.IsDefaultPort ? new HostString(host.Host) : host).ToString();
        }

        private Target() => (Path, QueryString, Host) = ("", "", "");

        public Uri? Address { get; }

        public string Path { get; }

        public string QueryString { get; }

        public string Host { get; }
    }
}
