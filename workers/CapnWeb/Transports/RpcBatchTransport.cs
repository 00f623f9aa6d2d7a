using System.Globalization;
using System.Net;
using System.Text.Json;
using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>
/// The client's end of one batch: gathers what a session sends, posts it once by <see cref="PostAsync"/>, delivers the answer,
/// and is over. <see cref="RpcBatch"/> says when by itself. Releases are never sent, and nothing that comes after the post.
/// </summary>
/// <param name="http">Sends the request. An <see cref="HttpClient"/> is one; its base address is not used.</param>
/// <param name="address">Where the peer takes batches.</param>
/// <param name="options">Null: all defaults.</param>
public sealed class RpcBatchTransport(HttpMessageInvoker http, Uri address, RpcBatchOptions? options = null) : IRpcTransport
{
    /// <summary>What every call fails with that was made too late, or was not answered.</summary>
    internal const string Ended = "Batch RPC request ended.";

    private readonly RpcBatchOptions _options = options ?? new();
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly PooledBytes _body = new();
    private IRpcReceiver? _receiver;
    private bool _isPosted;

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

    /// <summary>Posts what the session's calls have pushed so far, and completes when the answer is delivered.</summary>
    /// <exception cref="RpcBrokenException">The peer cannot be reached, or its answer is none (a status is its <see cref="RpcException.Code"/>); every call of the batch fails with the same.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up, or the session was ended.</exception>
    /// <exception cref="InvalidOperationException">It has been posted.</exception>
    public async Task PostAsync(CancellationToken cancellationToken = default)
    {
        IRpcReceiver receiver = await BeginAsync().ConfigureAwait(false);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closed.Token);
        try
        {
            await ExchangeAsync(receiver, giveUp.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Exception reason = e is HttpRequestException or IOException
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
        // The session keeps what is called until its turn ends, which is now, or a thread of its own may be about to hand it over.
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

    private async Task ExchangeAsync(IRpcReceiver receiver, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new BatchContent(_body) };
        _options.Configure?.Invoke(request);
        using HttpResponseMessage response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        // Where it throws, the request may still be being sent from the buffer.
        _body.Dispose();
        using var answer = new PooledBytes();
        Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        if (!await answer.TryReadAsync(stream, response.Content.Headers.ContentLength, _options.MaxResponseBytes, cancellationToken).ConfigureAwait(false))
        {
            throw new RpcBrokenException($"The answer to the batch is too long: expected at most {_options.MaxResponseBytes} bytes.");
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            int status = (int)response.StatusCode;
            throw new RpcBrokenException($"{address} answered the batch with {status}: {DetailOf(answer) ?? response.ReasonPhrase}")
            {
                Code = status.ToString(CultureInfo.InvariantCulture),
            };
        }

        Deliver(receiver, answer.Written);
    }

    private void Deliver(IRpcReceiver receiver, ReadOnlyMemory<byte> body)
    {
        var lines = new BatchLines(body);
        while (!_closed.IsCancellationRequested && lines.TryTake(out ReadOnlyMemory<byte> message))
        {
            receiver.Receive(message);
        }

        if (!_closed.IsCancellationRequested)
        {
            receiver.ReceiveDone();
        }
    }

    /// <summary>The words of problem details (RFC 9457); null where the body is none.</summary>
    private static string? DetailOf(PooledBytes answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer.Written);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("detail", out JsonElement detail)
                ? detail.ToString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A request body that is sent from the buffer it was gathered in.</summary>
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
            stream.WriteAsync(_body.Written, cancellationToken).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = _body.Length;
            return true;
        }
    }
}
