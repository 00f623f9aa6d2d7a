using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkerRpc.Functions;
using Messages = WorkerRpc.Bindings.Grpc.Messages;

namespace WorkerRpc.PlainPeers;

/// <summary>gRPC as in Microsoft's tutorial: AddGrpc, MapGrpcService and a channel, with default settings.</summary>
// https://learn.microsoft.com/aspnet/core/tutorials/grpc/grpc-start
public sealed class PlainGrpc : PlainGrpcBinding
{
    /// <inheritdoc/>
    public override string Id => "plain-grpc";

    /// <inheritdoc/>
    public override string Settings =>
        "AddGrpc, MapGrpcService and GrpcChannel.ForAddress with their defaults, HTTP/2 cleartext over loopback";

    // Accepts only HTTP/2, because Kestrel cannot negotiate HTTP/2 without TLS.
    private protected override void UseServer(IWebHostBuilder host) =>
        host.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2));

    private protected override GrpcChannel CreateChannel(WebApplication app) => GrpcChannel.ForAddress(app.Urls.Single());
}

/// <summary>gRPC over TestServer, as on Microsoft's page about testing gRPC services.</summary>
// https://learn.microsoft.com/aspnet/core/grpc/test-services
public sealed class PlainGrpcInMemory : PlainGrpcBinding
{
    /// <inheritdoc/>
    public override string Id => "plain-grpc-in-memory";

    /// <inheritdoc/>
    public override string Settings => "AddGrpc, MapGrpcService and GrpcChannel.ForAddress with their defaults over TestServer's handler";

    private protected override void UseServer(IWebHostBuilder host) => host.UseTestServer();

    private protected override GrpcChannel CreateChannel(WebApplication app) =>
        GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = app.GetTestServer().CreateHandler() });
}

/// <summary>The server, the client and the messages that both gRPC methods share.</summary>
public abstract class PlainGrpcBinding : PlainBinding
{
    private protected abstract void UseServer(IWebHostBuilder host);

    private protected abstract GrpcChannel CreateChannel(WebApplication app);

    private protected sealed override async Task<ICaller> ConnectAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        UseServer(builder.WebHost);
        WebApplication app = builder.Build();
        app.MapGrpcService<RuntimeService>();
        await app.StartAsync();
        return new Caller(app, CreateChannel(app));
    }

    private sealed class Caller(WebApplication app, GrpcChannel channel) : ICaller
    {
        private readonly Messages.Runtime.RuntimeClient _client = new(channel);

        public async Task<ExecuteResponse> CallAsync(ExecuteRequest request, CancellationToken cancellation)
        {
            var message = new Messages.ExecuteRequest
            {
                FunctionId = request.FunctionId,
                Payload = ToMessage(request.Payload),
                Timestamp = request.Timestamp,
            };
            Messages.ExecuteResponse answer = await _client.ExecuteAsync(message, cancellationToken: cancellation);
            return answer.Compute is { } compute
                ? new ExecuteResponse<ComputeResult>(
                    new ComputeResult(compute.Result, FromMessage(compute.Input)), answer.RuntimeTimestamp, answer.ExecutionTimeMs)
                : new ExecuteResponse<Payload>(FromMessage(answer.Payload), answer.RuntimeTimestamp, answer.ExecutionTimeMs);
        }

        public async ValueTask DisposeAsync()
        {
            channel.Dispose();
            await app.DisposeAsync();
        }
    }

    private sealed class RuntimeService : Messages.Runtime.RuntimeBase
    {
        public override async Task<Messages.ExecuteResponse> Execute(Messages.ExecuteRequest request, ServerCallContext context)
        {
            Function function = FunctionList.Find(request.FunctionId);
            ExecuteResponse response = await function.ExecuteAsync(FromMessage(request.Payload), context.CancellationToken);
            var answer = new Messages.ExecuteResponse
            {
                RuntimeTimestamp = response.RuntimeTimestamp,
                ExecutionTimeMs = response.ExecutionTimeMs,
            };
            if (response is ExecuteResponse<ComputeResult> { Result: var compute })
            {
                answer.Compute = new Messages.ComputeResult { Result = compute.Result, Input = ToMessage(compute.Input) };
            }
            else
            {
                answer.Payload = ToMessage(((ExecuteResponse<Payload>)response).Result);
            }

            return answer;
        }
    }

    private static Messages.Payload ToMessage(Payload payload) =>
        new() { Data = payload.Data, Metadata = new Messages.PayloadMetadata { Timestamp = payload.Metadata.Timestamp } };

    private static Payload FromMessage(Messages.Payload message) => new(message.Data, new PayloadMetadata(message.Metadata.Timestamp));
}
