using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>
/// One request and its response. Three parties use it: the application, the caller's content (which writes the request's
/// body) and the caller (which reads the response's body). When all three have finished without failure, later requests
/// reuse the feature collection. After a failure it is not reused, because a party may still use it.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Code that holds the request's token may register with it later.")]
internal sealed partial class InlineExchange : IHttpRequestLifetimeFeature, IHttpBodyControlFeature, IEndpointFeature, IRouteValuesFeature
{
    // The caller continues on the thread pool, so that a caller that blocks its thread does not block the application.
    private readonly TaskCompletionSource<HttpResponseMessage> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _aborted = new();
    private readonly InlineHost _host;
    private readonly InlineFeatureCollection _features;
    private CancellationTokenRegistration _callersToken;
    private volatile bool _isSending;
    private volatile bool _isAnswered;
    private int _activeParties = 2;

    public InlineExchange(HttpRequestMessage message, InlineHost host)
    {
        (Message, _host, _features) = (message, host, host.Pool.Get());
        RequestBody = new InlineBody(_features.RequestPipe);
        ResponseBody = new ResponseBody(_features.ResponsePipe, this);
        Response = new InlineResponse(this, _features.ResponseHeaders);
        RequestAborted = _aborted.Token;
        Request.SetMessage(message);
        Request.Body = Request.CanHaveBody ? new RequestReadStream(this) : Stream.Null;
        _features.SetServerFeatures(this);
    }

    public HttpRequestMessage Message { get; }

    public InlineRequest Request => _features.Request;

    public InlineBody RequestBody { get; }

    public InlineResponse Response { get; }

    public ResponseBody ResponseBody { get; }

    public bool AllowSynchronousIO { get; set; }

    public Endpoint? Endpoint { get; set; }

    public RouteValueDictionary RouteValues { get => field ??= []; set; }

    public CancellationToken RequestAborted { get; set; }

    /// <summary>Sends the request to the application. The task completes when the response has started.</summary>
    public Task<HttpResponseMessage> SendAsync(CancellationToken cancellation)
    {
        _callersToken = cancellation.UnsafeRegister(static (state, token) => ((InlineExchange)state!).Cancel(token), this);
        if (Request.CanHaveBody)
        {
            _activeParties = 3;
            _isSending = true;
            _ = SendContentAsync(Message.Content!, cancellation);
        }

        ApplicationScheduler.Shared.Start(this);
        return _answer.Task;
    }

    /// <summary>Runs the application on this thread until its first incomplete await.</summary>
    public void Run() => _ = _host.RunAsync(this);

    /// <summary>Runs the application and completes the response.</summary>
    public async Task RunAsync<TContext>(IHttpApplication<TContext> application)
        where TContext : notnull
    {
        TContext? context = default;
        Exception? error = null;
        try
        {
            context = application.CreateContext(_features);
            await application.ProcessRequestAsync(context);
            await CompleteAsync();
        }
        catch (Exception e)
        {
            error = e;
            Fail(e);
        }

        await Response.RunCompletedCallbacksAsync();
        try
        {
            if (context is not null)
            {
                application.DisposeContext(context, error);
            }
        }
        catch (Exception e)
        {
            Log("The end of a request", e);
        }

        _callersToken.Dispose();
        EndParty();
    }

    public void Abort() => Fail(new HttpRequestException(HttpRequestError.ResponseEnded, "The application aborted the request."));

    /// <summary>Completes the caller's request with the started response.</summary>
    public void Answer(HttpResponseMessage answer) => _answer.TrySetResult(answer);

    /// <summary>
    /// Aborts the exchange because the application failed. The caller's request fails, or its next read if the response has
    /// started.
    /// </summary>
    public void Fail(Exception error)
    {
        var aborted = new IOException("The request was aborted.", error);
        ResponseBody.End(new IOException($"The application ended the response before it was complete: {error.Message}", error), aborted);
        RequestBody.End(aborted, aborted);
        _answer.TrySetException(error);
        CancelRequestAborted();
    }

    /// <summary>Aborts the exchange because the caller cancelled. Bytes that the application still writes are discarded.</summary>
    public void Cancel(CancellationToken callersToken)
    {
        var canceled = new OperationCanceledException("The caller gave up.", callersToken);
        var aborted = new IOException("The caller aborted the request.", canceled);
        ResponseBody.End(aborted, writeError: null);
        _answer.TrySetCanceled(callersToken);
        if (!_isAnswered)
        {
            RequestBody.End(canceled, aborted);
            CancelRequestAborted();
        }
    }

    /// <summary>
    /// Records that one of the three parties has finished. The last party to finish returns the feature collection to the pool.
    /// </summary>
    public void EndParty()
    {
        // The operator '&' calls both methods, unlike '&&'. Both bodies must be released, so that every late use of a body throws.
        if (Interlocked.Decrement(ref _activeParties) == 0 && RequestBody.TryReleasePipe() & ResponseBody.TryReleasePipe())
        {
            _host.Pool.Return(_features);
        }
    }

    public void Log(string what, Exception error) => LogUnexpected(_host.Log, what, error);

    /// <exception cref="InvalidOperationException">The application has not enabled synchronous reads and writes.</exception>
    public void ThrowUnlessSynchronousAllowed()
    {
        if (!AllowSynchronousIO)
        {
            throw new InvalidOperationException(
                "Synchronous reads and writes are not allowed. Use the asynchronous ones, or set AllowSynchronousIO to true.");
        }
    }

    [LoggerMessage(1, LogLevel.Error, "{What} failed", EventName = "UnexpectedError")]
    private static partial void LogUnexpected(ILogger log, string what, Exception error);

    private async Task SendContentAsync(HttpContent content, CancellationToken cancellation)
    {
        try
        {
            await content.CopyToAsync(new BodyWriteStream(RequestBody, application: null), context: null, cancellation);
            RequestBody.Complete();
            _isSending = false;
            EndParty();
        }
        catch (Exception e)
        {
            // The application gets this error only if it continues to read. An application may send a response without reading the whole
            // request.
            RequestBody.Complete(e);
        }
    }

    private async Task CompleteAsync()
    {
        if (RequestBody.IsBeingRead)
        {
            throw new InvalidOperationException("The application has finished while it still reads the request's body.");
        }

        await Response.CompleteAsync();
        _isAnswered = true;
        if (_isSending)
        {
            RequestBody.End(
                new ObjectDisposedException(objectName: null, "The request is over."),
                new IOException("The application has answered without reading the rest of the request's body."));
        }
    }

    private void CancelRequestAborted()
    {
        try
        {
            _aborted.Cancel();
        }
        catch (AggregateException e)
        {
            Log("A callback for an aborted request", e);
        }
    }
}

/// <summary>The parts that all exchanges of a server share.</summary>
/// <param name="RunAsync">The function that runs the application for an exchange.</param>
/// <param name="Pool">The pool of unused feature collections.</param>
/// <param name="Log">The log for failures that neither the caller nor the application sees.</param>
internal sealed record InlineHost(Func<InlineExchange, Task> RunAsync, ObjectPool<InlineFeatureCollection> Pool, ILogger Log);
