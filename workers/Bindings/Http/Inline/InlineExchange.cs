using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;
using WorkerRpc.Bindings.Fetch;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>
/// A request and its response, between a caller and the application: one after another, for three parties. The
/// application runs until it has answered, the caller's content until it is sent, and the caller until it has read the
/// answer. When all three are done and nothing went wrong the exchange is used again; else it is left to the collector,
/// because somebody may still hold on to it.
/// </summary>
internal abstract class InlineExchange : FeatureTable, IHttpRequestLifetimeFeature, IHttpBodyControlFeature, IEndpointFeature, IRouteValuesFeature
{
    private readonly ILogger _log;
    private HttpRequestMessage? _message;
    private TaskCompletionSource<HttpResponseMessage>? _waiting;
    private HttpResponseMessage? _answer;
    private Exception? _failure;
    private CancellationTokenRegistration _cancellation;
    private CancellationTokenSource? _aborted;
    private CancellationToken? _replacedToken;
    private RouteValueDictionary? _routeValues;
    private bool _isAborted;
    private bool _answered;
    private bool _sending;
    private bool _spoiled;
    private int _running;
    private int _parties;

    protected InlineExchange(ILogger log)
    {
        _log = log;
        Request = new InlineRequest(this);
        Response = new InlineResponse(this);
        Own(
            (typeof(IHttpRequestFeature), Request),
            (typeof(IHttpResponseFeature), Response),
            (typeof(IHttpResponseBodyFeature), Response),
            (typeof(IHttpRequestLifetimeFeature), this),
            (typeof(IEndpointFeature), this),
            (typeof(IRouteValuesFeature), this),
            (typeof(IHttpRequestBodyDetectionFeature), Request),
            (typeof(IHttpResponseTrailersFeature), Response),
            (typeof(IHttpBodyControlFeature), this));
        Response.Reset();
    }

    /// <summary>Held for as long as it takes to look at the state or to copy bytes, never while anybody's code runs.</summary>
    public object Gate { get; } = new();

    public InlineRequest Request { get; }

    public InlineResponse Response { get; }

    /// <summary>What the caller sent.</summary>
    public HttpRequestMessage Message => _message!;

    /// <summary>Whether the application has been started.</summary>
    public bool IsRunning => Volatile.Read(ref _running) != 0;

    /// <inheritdoc/>
    public bool AllowSynchronousIO { get; set; }

    /// <inheritdoc/>
    public Endpoint? Endpoint { get; set; }

    /// <inheritdoc/>
    public RouteValueDictionary RouteValues
    {
        get => _routeValues ??= [];
        set => _routeValues = value;
    }

    /// <inheritdoc/>
    public CancellationToken RequestAborted
    {
        get
        {
            lock (Gate)
            {
                // A source is made only for who asks, and a new one for every request: whoever keeps the token of one
                // request must not hear of another.
                return _replacedToken ?? (_isAborted ? new CancellationToken(canceled: true) : (_aborted ??= new CancellationTokenSource()).Token);
            }
        }

        set => _replacedToken = value;
    }

    /// <inheritdoc/>
    public void Abort() => Fail(new HttpRequestException(HttpRequestError.ResponseEnded, "The application aborted the request."));

    /// <summary>Hands a message to the application; done when the application's response has started.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellation)
    {
        _message = message;
        Request.Begin(message);
        // A body that is empty and says so is not sent.
        HttpContent? content = Request.CanHaveBody ? message.Content : null;
        _sending = content is not null;
        _parties = _sending ? 3 : 2;
        if (cancellation.CanBeCanceled)
        {
            _cancellation = cancellation.UnsafeRegister(static (state, token) => ((InlineExchange)state!).GiveUp(token), this);
        }

        if (content is null)
        {
            Request.Channel.Complete();
        }
        else
        {
            Task sending = BeginSending(content, cancellation);
            if (sending.IsCompletedSuccessfully)
            {
                EndSending();
            }
            else
            {
                _ = AwaitSendingAsync(sending);
            }
        }

        EnsureRunning();
        return WhenAnswered();
    }

    /// <summary>Starts the application, unless it runs.</summary>
    public void EnsureRunning()
    {
        if (Interlocked.Exchange(ref _running, 1) == 0)
        {
            CallersThread.Run(this);
        }
    }

    /// <summary>Runs the application until its first wait.</summary>
    public void Run() => _ = RunAsync();

    /// <summary>The application's response has started.</summary>
    public void Answer(HttpResponseMessage answer)
    {
        TaskCompletionSource<HttpResponseMessage>? waiting;
        lock (Gate)
        {
            if (_failure is not null)
            {
                return;
            }

            _answer = answer;
            waiting = _waiting;
        }

        waiting?.TrySetResult(answer);
    }

    /// <summary>The application has failed: so does the call or, where it was answered, the reading of its response.</summary>
    public void Fail(Exception error)
    {
        Spoil(error, out TaskCompletionSource<HttpResponseMessage>? waiting);
        Response.Channel.Break(new IOException($"The application ended the response before it was complete: {error.Message}", error));
        waiting?.TrySetException(error);
        Request.Channel.Break(new IOException("The request was aborted.", error));
        CancelRequestAborted();
    }

    /// <summary>The caller wants no more of the answer.</summary>
    /// <param name="atEnd">Whether it has all of it.</param>
    public void EndReading(bool atEnd)
    {
        if (atEnd)
        {
            Leave();
        }
        else
        {
            GiveUp(CancellationToken.None);
        }
    }

    /// <exception cref="InvalidOperationException">The application has not asked for synchronous reads and writes.</exception>
    public void ThrowUnlessSynchronousAllowed()
    {
        if (!AllowSynchronousIO)
        {
            throw new InvalidOperationException("Synchronous reads and writes are not allowed. Use the asynchronous ones, or set AllowSynchronousIO to true.");
        }
    }

    protected abstract Task RunAsync();

    protected abstract void ReturnToPool();

    /// <summary>The application has done its work: the response is completed, whatever it left undone.</summary>
    protected Task CompleteAsync()
    {
        if (Request.Channel.IsBeingRead)
        {
            throw new InvalidOperationException("The application has finished while it still reads the request's body.");
        }

        Task completing = Response.CompleteAsync();
        if (!completing.IsCompletedSuccessfully)
        {
            return AwaitAsync(completing);
        }

        EndAnswering();
        return Task.CompletedTask;

        async Task AwaitAsync(Task completing)
        {
            await completing;
            EndAnswering();
        }
    }

    protected Task CallBackCompletedAsync() => Response.CallBackCompletedAsync(_log);

    /// <summary>The application is done with the exchange.</summary>
    protected void EndRunning()
    {
        _cancellation.Dispose();
        Leave();
    }

    protected void Log(string what, Exception error) => Problems.LogUnexpected(_log, what, error);

    private Task BeginSending(HttpContent content, CancellationToken cancellation)
    {
        try
        {
            return content.CopyToAsync(new RequestContentStream(this), context: null, cancellation);
        }
        catch (Exception e)
        {
            return Task.FromException(e);
        }
    }

    private void EndSending()
    {
        lock (Gate)
        {
            _sending = false;
        }

        Request.Channel.Complete();
        Leave();
    }

    private async Task AwaitSendingAsync(Task sending)
    {
        try
        {
            await sending.ConfigureAwait(false);
            EndSending();
        }
        catch (Exception e)
        {
            // The application hears of it when it reads on; if it never does, its answer is as good as any.
            _spoiled = true;
            Request.Channel.Break(e);
        }
    }

    private Task<HttpResponseMessage> WhenAnswered()
    {
        lock (Gate)
        {
            if (_answer is not null)
            {
                return Task.FromResult(_answer);
            }

            if (_failure is not null)
            {
                return _failure is OperationCanceledException { CancellationToken: { IsCancellationRequested: true } token }
                    ? Task.FromCanceled<HttpResponseMessage>(token)
                    : Task.FromException<HttpResponseMessage>(_failure);
            }

            // The caller may block its thread when it goes on, and that may be the application's.
            _waiting = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiting.Task;
        }
    }

    private void EndAnswering()
    {
        lock (Gate)
        {
            _answered = true;
            if (!_sending)
            {
                return;
            }

            _spoiled = true;
        }

        Request.Channel.Abandon(
            new ObjectDisposedException(objectName: null, "The request is over."),
            new IOException("The application has answered without reading the rest of the request's body."));
    }

    /// <summary>The caller gives up: by its token, or by leaving the answer unread.</summary>
    private void GiveUp(CancellationToken cancellation)
    {
        bool answered;
        lock (Gate)
        {
            answered = _answered;
        }

        var why = new OperationCanceledException("The caller gave up.", cancellation);
        Spoil(why, out TaskCompletionSource<HttpResponseMessage>? waiting);
        waiting?.TrySetCanceled(cancellation);
        Response.Channel.Abandon(new IOException("The caller aborted the request.", why), writer: null);
        if (!answered)
        {
            Request.Channel.Break(why);
            CancelRequestAborted();
        }
    }

    /// <summary>The exchange is not used again, and the call has failed unless it was answered.</summary>
    private void Spoil(Exception error, out TaskCompletionSource<HttpResponseMessage>? waiting)
    {
        lock (Gate)
        {
            _spoiled = true;
            waiting = null;
            if (_answer is null && _failure is null)
            {
                _failure = error;
                waiting = _waiting;
            }
        }
    }

    private void CancelRequestAborted()
    {
        CancellationTokenSource? aborted;
        lock (Gate)
        {
            if (_isAborted)
            {
                return;
            }

            _isAborted = true;
            aborted = _aborted;
        }

        try
        {
            aborted?.Cancel();
        }
        catch (AggregateException e)
        {
            Log("A callback for an aborted request", e);
        }
    }

    /// <summary>One of the parties is done. The last one gives the exchange back.</summary>
    private void Leave()
    {
        if (Interlocked.Decrement(ref _parties) == 0 && !_spoiled)
        {
            Forget();
            ReturnToPool();
        }
    }

    private void Forget()
    {
        Reset();
        Request.Reset();
        Response.Reset();
        _message = null;
        _waiting = null;
        _answer = null;
        _cancellation = default;
        _aborted = null;
        _replacedToken = null;
        _answered = false;
        AllowSynchronousIO = false;
        Endpoint = null;
        _routeValues = null;
        Volatile.Write(ref _running, 0);
    }
}

/// <summary>An exchange with an application; keeps the application's context from request to request.</summary>
/// <typeparam name="TContext">The application's context.</typeparam>
internal sealed class InlineExchange<TContext>(IHttpApplication<TContext> application, ObjectPool<InlineExchange<TContext>> pool, ILogger log)
    : InlineExchange(log), IHostContextContainer<TContext>
    where TContext : notnull
{
    TContext? IHostContextContainer<TContext>.HostContext { get; set; }

    protected override async Task RunAsync()
    {
        TContext? context = default;
        Exception? error = null;
        try
        {
            context = application.CreateContext(this);
            await application.ProcessRequestAsync(context);
            await CompleteAsync();
        }
        catch (Exception e)
        {
            error = e;
            Fail(e);
        }

        await CallBackCompletedAsync();
        if (context is not null)
        {
            Dispose(context, error);
        }

        EndRunning();
    }

    protected override void ReturnToPool() => pool.Return(this);

    private void Dispose(TContext context, Exception? error)
    {
        try
        {
            application.DisposeContext(context, error);
        }
        catch (Exception e)
        {
            Log("The end of a request", e);
        }
    }
}
