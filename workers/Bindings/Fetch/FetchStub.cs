using System.Net;
using System.Text.Json;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Fetch;

/// <summary>The caller's stub for all HTTP bindings: posts each request through an HTTP handler.</summary>
/// <param name="handler">The HTTP handler, which the stub disposes.</param>
/// <param name="format">The encoding of the bodies.</param>
/// <param name="runtime">The runtime's address. Null if the handler needs no address.</param>
/// <param name="version">The HTTP version. Null means HTTP/1.1.</param>
/// <param name="path">The endpoint's path.</param>
internal sealed class FetchStub(
    HttpMessageHandler handler,
    CallerFormat format,
    Uri? runtime = null,
    Version? version = null,
    string path = ExecuteEndpoint.Path) : IRuntimeStub
{
    private static readonly Uri s_anyAddress = new("http://runtime");

    private readonly FetchClient _client = new(
        handler, runtime ?? s_anyAddress, path, format.ContentType, version ?? HttpVersion.Version11);

    private long _sentBytes;
    private long _receivedBytes;

    public Traffic Traffic => new(Interlocked.Read(ref _sentBytes), Interlocked.Read(ref _receivedBytes));

    public async ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        Function function = FunctionList.Find(request.FunctionId);
        ByteBuffer body = ByteBuffer.Rent();
        format.WriteRequest(body, request);
        Interlocked.Add(ref _sentBytes, body.Written.Length);

        HttpStatusCode status = await _client.PostAsync(body, cancellation);
        Interlocked.Add(ref _receivedBytes, body.Written.Length);
        if (status != HttpStatusCode.OK)
        {
            throw ErrorOf(status, body.Written.Span);
        }

        ExecuteResponse response = format.ReadResponse(body.Written, function);
        body.Dispose();
        return response;
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
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
}
