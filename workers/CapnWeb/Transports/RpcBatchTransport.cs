using System.Globalization;
using System.Net;
using System.Text.Json;
using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>
/// The client's end of one batch. It collects the messages of a session, posts them once in <see cref="PostAsync"/>, delivers the answers
/// and ends the connection. Releases are not sent, and neither are messages after the post. <see cref="RpcBatch"/> does all this in one
/// call.
/// </summary>
/// <param name="http">The sender of the request, such as an <see cref="HttpClient"/>. A base address is ignored.</param>
/// <param name="address">The address of the peer.</param>
/// <param name="options">The settings of the request. If it is null, the defaults apply.</param>
public sealed class RpcBatchTransport(HttpMessageInvoker http, Uri address, RpcBatchOptions? options = null)
    : IRpcTransport, ICollectingTransport
{
    /// <summary>The error message of a call that was made after the post, or that got no answer.</summary>
    internal const string Ended = "Batch RPC request ended.";

    // So much of a response with another status than 200 is read, in bytes. Only its detail is of interest.
    private const int MaxProblemBytes = 16 * 1024;

    // The maximum length of the detail in an error message, in UTF-16 code units.
    private const int MaxDetailLength = 500;

    private readonly RpcBatchOptions _options = options ?? new();
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly PooledBytes _body = new();
    private IRpcReceiver? _receiver;
    private bool _isPosted;

    // The application's own calls have no limit here: the peer limits the body.
    long ICollectingTransport.CollectedBytes => 0;

    /// <inheritdoc/>
    public void Start(IRpcReceiver receiver)
    {
        if (Interlocked.CompareExchange(ref _receiver, receiver, null) is not null)
        {
            throw new InvalidOperationException("The transport has been started: it serves one session.");
        }
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(RpcMessages messages, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_isPosted)
            {
                BatchBody.Add(_body, messages, isClient: true);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Posts the calls that the session has made so far. Completes when the answers are delivered.</summary>
    /// <exception cref="RpcBrokenException">
    /// The peer cannot be reached, or it did not answer with status 200. <see cref="RpcException.Code"/> contains the status. Every call of
    /// the batch fails with the same error.
    /// </exception>
    /// <exception cref="RpcProtocolException">The answer is not UTF-8. Every call that it had not answered fails.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, or the session ended.</exception>
    /// <exception cref="InvalidOperationException">The batch has already been posted.</exception>
    public async Task PostAsync(CancellationToken cancellationToken = default)
    {
        IRpcReceiver receiver = await BeginAsync().ConfigureAwait(false);
        try
        {
            await ExchangeInTimeAsync(receiver, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // A timeout of the HttpClient is an OperationCanceledException, although nobody has cancelled the batch.
            bool isUnanswered = e is HttpRequestException or IOException
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested && !_closed.IsCancellationRequested);
            Exception reason = isUnanswered
                ? new RpcBrokenException($"The batch to {address} was not answered: {e.Message}", e)
                : e;
            End(receiver, reason);
            if (reason == e)
            {
                throw;
            }

            throw reason;
        }

        End(receiver, new RpcBrokenException(Ended));
    }

    /// <inheritdoc/>
    public async ValueTask CloseAsync(Exception? reason)
    {
        lock (_lock)
        {
            _isPosted = true;
        }

        await _closed.CancelAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync(null);

    private async ValueTask<IRpcReceiver> BeginAsync()
    {
        // The session may not have sent the last calls yet, or may be about to send them from the thread pool. So it is flushed.
        await (Volatile.Read(ref _receiver)?.FlushAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        lock (_lock)
        {
            if (_isPosted || _receiver is null)
            {
                throw new InvalidOperationException(_receiver is null ? "The transport has no session yet." : Ended);
            }

            _isPosted = true;
            return _receiver;
        }
    }

    private void End(IRpcReceiver receiver, Exception reason)
    {
        if (!_closed.IsCancellationRequested)
        {
            receiver.Closed(reason);
        }
    }

    // The token of the request is disposed before the session ends: the end cancels it, which would take a thread of the pool.
    private async Task ExchangeInTimeAsync(IRpcReceiver receiver, CancellationToken cancellationToken)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closed.Token);
        if (http is HttpClient client)
        {
            // The client's own timeout ends with the headers, because it does not read the body here.
            giveUp.CancelAfter(client.Timeout);
        }

        await ExchangeAsync(receiver, giveUp.Token).ConfigureAwait(false);
    }

    private async Task ExchangeAsync(IRpcReceiver receiver, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new BatchContent(_body) };
        _options.Configure?.Invoke(request);
        using HttpResponseMessage response = await http.SendForHeadersAsync(request, cancellationToken).ConfigureAwait(false);
        // The buffer is not disposed after an exception, because the request may still be sent from it.
        _body.Dispose();
        using var answer = new PooledBytes();
        if (response.StatusCode != HttpStatusCode.OK)
        {
            int most = Math.Min(MaxProblemBytes, _options.MaxResponseBytes);
            await LimitedBody.TryReadAsync(response.Content, answer, most, cancellationToken).ConfigureAwait(false);
            int status = (int)response.StatusCode;
            string? detail = DetailOf(answer.WrittenSpan) ?? response.ReasonPhrase;
            throw new RpcBrokenException($"{address} answered the batch with {status}: {Cut(detail ?? "")}")
            {
                Code = status.ToString(CultureInfo.InvariantCulture),
            };
        }

        if (response.Content.Headers.ContentLength > _options.MaxResponseBytes
            || !await LimitedBody
                .TryReadAsync(response.Content, answer, _options.MaxResponseBytes, cancellationToken)
                .ConfigureAwait(false))
        {
            throw new RpcBrokenException($"The answer to the batch is too long: expected at most {_options.MaxResponseBytes} bytes.");
        }

        Deliver(receiver, answer.WrittenMemory);
    }

    private void Deliver(IRpcReceiver receiver, ReadOnlyMemory<byte> body)
    {
        var lines = new BatchLines(body);
        while (!_closed.IsCancellationRequested && lines.TryTake(out ReadOnlyMemory<byte> message))
        {
            if (BatchBody.Fault(message.Span) is { } fault)
            {
                receiver.ReceiveDone();
                throw fault;
            }

            receiver.Receive(message);
        }

        if (!_closed.IsCancellationRequested)
        {
            receiver.ReceiveDone();
        }
    }

    /// <summary>
    /// Reads the member <c>detail</c> from a body with problem details (RFC 9457), whose end may be missing. Returns null for any other
    /// body.
    /// </summary>
    private static string? DetailOf(ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body, isFinalBlock: false, default);
        try
        {
            bool isDetail = false;
            while (json.Read())
            {
                if (isDetail && json.TokenType == JsonTokenType.String)
                {
                    return JsonText.Read(in json);
                }

                isDetail = json.CurrentDepth == 1 && json.TokenType == JsonTokenType.PropertyName && JsonText.Is(in json, "detail"u8);
            }
        }
        catch (JsonException)
        {
            // The body is not JSON.
        }

        return null;
    }

    // The text becomes the message of an exception, which the application logs.
    private static string Cut(string text) => text.Length <= MaxDetailLength ? text : text[..MaxDetailLength] + "…";

    /// <summary>A request body that is sent from its buffer without a copy.</summary>
    private sealed class BatchContent : HttpContent
    {
        private readonly PooledBytes _body;

        public BatchContent(PooledBytes body)
        {
            _body = body;
            Headers.TryAddWithoutValidation("Content-Type", BatchBody.ContentType);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            stream.WriteAsync(_body.WrittenMemory, cancellationToken).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = _body.Position;
            return true;
        }
    }
}
