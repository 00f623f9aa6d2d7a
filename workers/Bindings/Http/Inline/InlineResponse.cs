using System.Collections.Frozen;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using WorkerRpc.Bindings.Fetch;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>The response of one exchange after another, as the application makes it.</summary>
internal sealed class InlineResponse(InlineExchange exchange) : IHttpResponseFeature, IHttpResponseBodyFeature, IHttpResponseTrailersFeature
{
    // The headers that the client's types keep with the content; every other one is the response's.
    private static readonly FrozenSet<string> s_contentHeaders = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        HeaderNames.Allow,
        HeaderNames.ContentDisposition,
        HeaderNames.ContentEncoding,
        HeaderNames.ContentLanguage,
        HeaderNames.ContentLength,
        HeaderNames.ContentLocation,
        HeaderNames.ContentMD5,
        HeaderNames.ContentRange,
        HeaderNames.ContentType,
        HeaderNames.Expires,
        HeaderNames.LastModified);

    private readonly HeaderDictionary _headers = new();
    private readonly Stack<(Func<object, Task> Callback, object State)> _onStarting = new();
    private readonly Stack<(Func<object, Task> Callback, object State)> _onCompleted = new();
    private IHeaderDictionary? _trailers;
    private bool _starting;
    private ResponseBodyStream? _stream;
    private ResponseBodyWriter? _writer;

    /// <summary>What carries the body from the application to the caller.</summary>
    public BodyChannel Channel { get; } = new(exchange.Gate, applicationReads: false);

    /// <inheritdoc/>
    public bool HasStarted { get; private set; }

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public string? ReasonPhrase
    {
        get;
        set
        {
            ThrowIfStarted("reason phrase");
            field = value;
        }
    }

    /// <inheritdoc/>
    public IHeaderDictionary Headers { get; set; } = null!;

    /// <inheritdoc/>
    public IHeaderDictionary Trailers
    {
        get => _trailers ??= new HeaderDictionary();
        set => _trailers = value;
    }

    /// <inheritdoc/>
    [Obsolete("Use IHttpResponseBodyFeature.Stream instead.")]
    public Stream Body
    {
        get => Stream;
        set => throw new NotSupportedException("The response's body is replaced through IHttpResponseBodyFeature.");
    }

    /// <inheritdoc/>
    public Stream Stream => _stream ??= new ResponseBodyStream(exchange);

    /// <inheritdoc/>
    public PipeWriter Writer => _writer ??= new ResponseBodyWriter(exchange);

    /// <inheritdoc/>
    public void DisableBuffering()
    {
        // Nothing is held back as it is.
    }

    /// <inheritdoc/>
    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    /// <inheritdoc/>
    public void OnStarting(Func<object, Task> callback, object state)
    {
        ThrowIfStarted("callback for its start");
        _onStarting.Push((callback, state));
    }

    /// <inheritdoc/>
    public void OnCompleted(Func<object, Task> callback, object state) => _onCompleted.Push((callback, state));

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken = default) => StartAsync(Channel.Turn);

    /// <summary>Starts the response, unless it has been.</summary>
    /// <param name="turn">Which request's; one that is over has none any more.</param>
    public Task StartAsync(int turn)
    {
        if (turn != Channel.Turn)
        {
            throw new IOException("The request is over: its response cannot be written any more.");
        }

        // As with TestServer: who writes from a callback of the start's writes into a response that is starting.
        if (_starting)
        {
            return Task.CompletedTask;
        }

        _starting = true;
        if (_onStarting.Count > 0)
        {
            return CallBackAndStartAsync();
        }

        Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task CompleteAsync()
    {
        Task starting = StartAsync();
        if (!starting.IsCompletedSuccessfully)
        {
            return AwaitAsync(starting);
        }

        Channel.Complete();
        return Task.CompletedTask;

        async Task AwaitAsync(Task starting)
        {
            await starting;
            Channel.Complete();
        }
    }

    /// <summary>Tells the application that the response is complete. A callback that fails harms no response, which has been made.</summary>
    public Task CallBackCompletedAsync(ILogger log)
    {
        return _onCompleted.Count == 0 ? Task.CompletedTask : CallBackAsync();

        async Task CallBackAsync()
        {
            while (_onCompleted.TryPop(out (Func<object, Task> Callback, object State) registered))
            {
                try
                {
                    await registered.Callback(registered.State);
                }
                catch (Exception e)
                {
                    Problems.LogUnexpected(log, "A callback for a completed response", e);
                }
            }
        }
    }

    /// <summary>Gives the trailers to the caller, who has read the whole body.</summary>
    public void CopyTrailersTo(HttpResponseMessage message)
    {
        if (_trailers is null)
        {
            return;
        }

        foreach ((string name, StringValues values) in _trailers)
        {
            message.TrailingHeaders.TryAddWithoutValidation(name, values.AsEnumerable());
        }
    }

    /// <summary>Forgets the response.</summary>
    public void Reset()
    {
        Channel.Reset();
        HasStarted = false;
        _starting = false;
        _headers.IsReadOnly = false;
        _headers.Clear();
        Headers = _headers;
        StatusCode = StatusCodes.Status200OK;
        ReasonPhrase = null;
        _trailers = null;
        _onStarting.Clear();
        _onCompleted.Clear();
        _stream = null;
        _writer = null;
    }

    private void ThrowIfStarted(string what)
    {
        if (HasStarted)
        {
            throw new InvalidOperationException($"The response has started: its {what} cannot be set any more.");
        }
    }

    private async Task CallBackAndStartAsync()
    {
        try
        {
            while (_onStarting.TryPop(out (Func<object, Task> Callback, object State) registered))
            {
                await registered.Callback(registered.State);
            }
        }
        catch (Exception e)
        {
            HasStarted = true;
            exchange.Fail(e);
            throw;
        }

        Start();
    }

    private void Start()
    {
        HasStarted = true;
        _headers.IsReadOnly = true;
        try
        {
            exchange.Answer(ToMessage());
        }
        catch (ArgumentException e)
        {
            // A status that the client's types cannot hold.
            exchange.Fail(e);
            throw;
        }
    }

    private HttpResponseMessage ToMessage()
    {
        var content = new AnswerContent(exchange);
        var message = new HttpResponseMessage((HttpStatusCode)StatusCode) { Content = content, RequestMessage = exchange.Message, Version = exchange.Message.Version };
        content.Answer.Message = message;
        if (ReasonPhrase is not null)
        {
            message.ReasonPhrase = ReasonPhrase;
        }

        if (ReferenceEquals(Headers, _headers))
        {
            foreach ((string name, StringValues values) in _headers)
            {
                Add(message, name, values);
            }
        }
        else
        {
            foreach ((string name, StringValues values) in Headers)
            {
                Add(message, name, values);
            }
        }

        return message;
    }

    private static void Add(HttpResponseMessage message, string name, StringValues values)
    {
        System.Net.Http.Headers.HttpHeaders headers = s_contentHeaders.Contains(name) ? message.Content.Headers : message.Headers;
        if (values.Count == 1)
        {
            headers.TryAddWithoutValidation(name, values[0]);
        }
        else
        {
            headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }
    }
}
