using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.References;

/// <summary>
/// Measures the method <c>raw-fetch</c> without serialization. Server, client and headers are the same, but the server echoes the body.
/// </summary>
public sealed class HttpReference : Reference
{
    private const string Path = "/floor";

    /// <inheritdoc/>
    public override string Id => ReferenceIds.Http;

    /// <inheritdoc/>
    public override string Settings =>
        "Kestrel, HTTP/1.1 over loopback, pooled keep-alive connection, the request's JSON bytes echoed with Content-Length";

    /// <inheritdoc/>
    public override Channel? Channel => HttpChannels.Loopback;

    /// <inheritdoc/>
    public override IServerHalf Server { get; } = new EchoEndpoint();

    /// <inheritdoc/>
    public override IRuntimeStub Connect(IRuntimeHost host) => new Stub(host.Open(HttpChannels.Loopback));

    private sealed class EchoEndpoint : IServerHalf
    {
        public void Map(IEndpointRouteBuilder endpoints) => endpoints.MapPost(Path, (RequestDelegate)EchoAsync);

        private static async Task EchoAsync(HttpContext context)
        {
            using ByteBuffer body = ByteBuffer.Rent();
            try
            {
                HttpRequest request = context.Request;
                await BodyReader.ReadAsync(
                    request.Body, request.ContentLength, ExecuteEndpoint.DefaultMaxBodyBytes, body, context.RequestAborted);
                context.Response.ContentType = context.Request.ContentType;
                context.Response.ContentLength = body.Written.Length;
                await context.Response.Body.WriteAsync(body.Written, context.RequestAborted);
            }
            catch (Exception e) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
            {
                await Problems.WriteAsync(context, e);
            }
        }
    }

    private sealed class Stub(Uri runtime) : MovingStub
    {
        private readonly FetchClient _client = new(
            SocketFetch.CreateHandler(), runtime, Path, JsonWire.Shared.ContentType, HttpVersion.Version11);

        public override ValueTask DisposeAsync()
        {
            _client.Dispose();
            return ValueTask.CompletedTask;
        }

        protected override async ValueTask<ReadOnlyMemory<byte>> MoveAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
        {
            ByteBuffer body = ByteBuffer.Rent();
            message.CopyTo(body.GetMemory(message.Length));
            body.Advance(message.Length);
            HttpStatusCode status = await _client.PostAsync(body, cancellation);
            if (status != HttpStatusCode.OK)
            {
                throw new RuntimeErrorException((int)status, status.ToString());
            }

            Memory<byte> back = BufferFor(body.Written.Length);
            body.Written.CopyTo(back);
            body.Dispose();
            return back;
        }
    }
}
