using System.Net;
using System.Text.Json;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Http;

/// <summary>The caller's half of every binding that fetches: <c>POST /execute</c> through some handler.</summary>
internal sealed class FetchStub(HttpMessageHandler handler, Uri runtime) : IRuntimeStub
{
    // An invoker, not an HttpClient: no base address, default headers, buffering or timeout of its own for each call.
    private readonly HttpMessageInvoker _invoker = new(handler, disposeHandler: true);
    private readonly Uri _address = new(runtime, ExecuteEndpoint.Path);
    private long _sentBytes;
    private long _receivedBytes;

    public Traffic Traffic => new(Interlocked.Read(ref _sentBytes), Interlocked.Read(ref _receivedBytes));

    public async ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        Function function = FunctionList.Find(request.FunctionId);
        Utf8Buffer body = Utf8Buffer.Rent();
        JsonBody.WriteRequest(body, request);
        Interlocked.Add(ref _sentBytes, body.Written.Length);

        using var message = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new BufferContent(body) };
        try
        {
            using HttpResponseMessage response = await _invoker.SendAsync(message, cancellation);
            body.Clear();
            Stream answer = await response.Content.ReadAsStreamAsync(cancellation);
            await BodyReader.ReadAsync(answer, response.Content.Headers.ContentLength, ExecuteEndpoint.MaxBodyBounds.Max, body, cancellation);
            Interlocked.Add(ref _receivedBytes, body.Written.Length);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw ErrorOf(response.StatusCode, body.Written.Span);
            }

            ExecuteResponse result = JsonBody.ReadResponse(body.Written.Span, function);
            // Only here: a call that failed may still be sending from its buffer, which is then left to the collector.
            body.Dispose();
            return result;
        }
        catch (Exception e) when (e is HttpRequestException or IOException && !cancellation.IsCancellationRequested)
        {
            throw new RuntimeUnreachableException($"The runtime at {runtime} cannot be reached: {e.Message}", e);
        }
        catch (BodyTooLargeException e)
        {
            throw new RuntimeUnreachableException($"The answer of the runtime at {runtime} cannot be read: {e.Message}", e);
        }
    }

    public ValueTask DisposeAsync()
    {
        _invoker.Dispose();
        return ValueTask.CompletedTask;
    }

    private static RuntimeErrorException ErrorOf(HttpStatusCode status, ReadOnlySpan<byte> body)
    {
        string? detail;
        try
        {
            detail = JsonSerializer.Deserialize(body, ProblemJson.Default.ProblemDetails)?.Detail;
        }
        catch (JsonException)
        {
            detail = null;
        }

        return new RuntimeErrorException((int)status, detail ?? status.ToString());
    }

    /// <summary>A request body that is sent from the buffer it was serialized into.</summary>
    private sealed class BufferContent : HttpContent
    {
        private readonly Utf8Buffer _body;

        public BufferContent(Utf8Buffer body)
        {
            _body = body;
            Headers.TryAddWithoutValidation("Content-Type", JsonBody.ContentType);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellation) =>
            stream.WriteAsync(_body.Written, cancellation).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = _body.Written.Length;
            return true;
        }
    }
}
