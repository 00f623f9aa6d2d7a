using System.Net;
using System.Runtime.CompilerServices;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Fetch;

/// <summary>Posts a body to the runtime through an HTTP handler and reads the whole response body.</summary>
internal sealed class FetchClient(HttpMessageHandler handler, Uri runtime, string path, string contentType, Version version) : IDisposable
{
    // HttpMessageInvoker replaces HttpClient, because HttpClient adds default headers, buffering and a timeout to each call.
    private readonly HttpMessageInvoker _invoker = new(handler, disposeHandler: true);
    private readonly Uri _address = new(runtime, path);

    /// <summary>Sends the buffer's bytes as a request, then replaces them with the body of the response.</summary>
    /// <remarks>After an exception, do not dispose or reuse the buffer: the handler may still send from it.</remarks>
    /// <exception cref="RuntimeUnreachableException">No response arrived, or its body is too long.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled the call.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<HttpStatusCode> PostAsync(ByteBuffer body, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, _address)
        {
            Content = new BufferContent(body, contentType),
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        try
        {
            using HttpResponseMessage response = await _invoker.SendAsync(message, cancellation);
            body.Clear();
            Stream answer = await response.Content.ReadAsStreamAsync(cancellation);
            long? announcedBytes = response.Content.Headers.ContentLength;
            await BodyReader.ReadAsync(answer, announcedBytes, ExecuteEndpoint.MaxBodyBounds.Max, body, cancellation);
            return response.StatusCode;
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

    public void Dispose() => _invoker.Dispose();

    /// <summary>The body of an HTTP request. It is sent directly from the buffer with the serialized request, without a copy.</summary>
    private sealed class BufferContent : HttpContent
    {
        private readonly ByteBuffer _body;

        public BufferContent(ByteBuffer body, string contentType)
        {
            _body = body;
            Headers.TryAddWithoutValidation("Content-Type", contentType);
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
