using System.Collections.Frozen;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>The response that the application writes.</summary>
internal sealed class InlineResponse(InlineExchange exchange, HeaderDictionary headers)
    : IHttpResponseFeature, IHttpResponseBodyFeature, IHttpResponseTrailersFeature
{
    // HttpClient stores these headers in the content and all others in the response. Without this list, trying both collections
    // would make a call with 100 B 2 % slower.
    private static readonly FrozenSet<string> s_contentHeaders = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        HeaderNames.Allow, HeaderNames.ContentDisposition, HeaderNames.ContentEncoding, HeaderNames.ContentLanguage,
        HeaderNames.ContentLength, HeaderNames.ContentLocation, HeaderNames.ContentMD5, HeaderNames.ContentRange,
        HeaderNames.ContentType, HeaderNames.Expires, HeaderNames.LastModified);

    private Stack<(Func<object, Task> Callback, object State)>? _onStarting;
    private Stack<(Func<object, Task> Callback, object State)>? _onCompleted;
    private IHeaderDictionary? _trailers;
    private HttpResponseMessage? _message;
    private bool _isStarting;

    public bool HasStarted { get; private set; }

    public int StatusCode
    {
        get;
        set
        {
            ThrowIfStarted("status code");
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 100);
            field = value;
        }
    } = StatusCodes.Status200OK;

    public string? ReasonPhrase
    {
        get;
        set
        {
            ThrowIfStarted("reason phrase");
            field = value;
        }
    }

    public IHeaderDictionary Headers { get; set; } = headers;

    public IHeaderDictionary Trailers { get => _trailers ??= new HeaderDictionary(); set => _trailers = value; }

    Stream IHttpResponseFeature.Body { get => Stream; set => throw new NotSupportedException("Replace IHttpResponseBodyFeature."); }

    public Stream Stream => field ??= new BodyWriteStream(exchange.ResponseBody, exchange);

    public PipeWriter Writer => exchange.ResponseBody;

    // This method does nothing, because written bytes are never buffered.
    public void DisableBuffering()
    {
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    public void OnStarting(Func<object, Task> callback, object state)
    {
        ThrowIfStarted("callback for its start");
        (_onStarting ??= []).Push((callback, state));
    }

    public void OnCompleted(Func<object, Task> callback, object state) => (_onCompleted ??= []).Push((callback, state));

    // If the start is running, this call does nothing. An OnStarting callback may write, and a write calls StartAsync again.
    public Task StartAsync(CancellationToken cancellationToken = default) => _isStarting ? Task.CompletedTask : StartAsync();

    public Task CompleteAsync() => exchange.ResponseBody.CompleteAsync().AsTask();

    /// <summary>Runs the OnCompleted callbacks. Their failures are only logged, because the response is already complete.</summary>
    public async Task RunCompletedCallbacksAsync()
    {
        while (_onCompleted is not null && _onCompleted.TryPop(out (Func<object, Task> Callback, object State) registered))
        {
            try
            {
                await registered.Callback(registered.State);
            }
            catch (Exception e)
            {
                exchange.Log("A callback for a completed response", e);
            }
        }
    }

    /// <summary>Copies the trailing headers to the caller's message. It is called when the body is complete.</summary>
    public void CopyTrailers()
    {
        if (_trailers is not null)
        {
            foreach ((string name, StringValues values) in _trailers)
            {
                _message!.TrailingHeaders.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }
    }

    private static void Add(HttpResponseMessage message, string name, StringValues values)
    {
        HttpHeaders headers = s_contentHeaders.Contains(name) ? message.Content.Headers : message.Headers;
        // A single value is added as a string instead of a list, which saves 32 bytes per header.
        _ = values.Count == 1
            ? headers.TryAddWithoutValidation(name, values[0])
            : headers.TryAddWithoutValidation(name, values.AsEnumerable());
    }

    private async Task StartAsync()
    {
        _isStarting = true;
        try
        {
            while (_onStarting is not null && _onStarting.TryPop(out (Func<object, Task> Callback, object State) registered))
            {
                await registered.Callback(registered.State);
            }

            HasStarted = true;
            headers.IsReadOnly = true;
            _message = ToMessage();
            exchange.Answer(_message);
        }
        catch (Exception e)
        {
            // An OnStarting callback failed, or HttpResponseMessage does not accept the status code.
            HasStarted = true;
            exchange.Fail(e);
            throw;
        }
    }

    private void ThrowIfStarted(string what)
    {
        if (HasStarted)
        {
            throw new InvalidOperationException($"The response has started: its {what} cannot be set any more.");
        }
    }

    private HttpResponseMessage ToMessage()
    {
        var message = new HttpResponseMessage((HttpStatusCode)StatusCode)
        {
            Content = new StreamContent(new ResponseReadStream(exchange)),
            ReasonPhrase = ReasonPhrase,
            RequestMessage = exchange.Message,
            Version = exchange.Message.Version,
        };
        // The headers are enumerated as HeaderDictionary and not as its interface, which saves 56 bytes of allocations per call.
        HeaderDictionary all = Headers as HeaderDictionary ?? new(Headers.ToDictionary(StringComparer.OrdinalIgnoreCase));
        foreach ((string name, StringValues values) in all)
        {
            Add(message, name, values);
        }

        return message;
    }
}
