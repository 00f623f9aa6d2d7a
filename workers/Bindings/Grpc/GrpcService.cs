using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Grpc;

/// <summary>The runtime's gRPC service: the server half of every binding that speaks gRPC.</summary>
internal sealed class GrpcService(ILogger<GrpcService> logger) : Messages.Runtime.RuntimeBase
{
    public override async Task<Messages.ExecuteResponse> Execute(Messages.ExecuteRequest request, ServerCallContext context)
    {
        try
        {
            ExecuteRequest call = GrpcMapping.FromMessage(request);
            return GrpcMapping.ToMessage(await FunctionList.Find(call.FunctionId).ExecuteAsync(call.Payload, context.CancellationToken));
        }
        catch (OperationCanceledException e) when (context.CancellationToken.IsCancellationRequested)
        {
            // Or its caller has given up, and hears of nothing.
            throw GrpcErrors.Of(new TimeoutException("The call was not done within the time that its caller left it.", e));
        }
        catch (Exception e)
        {
            RpcException error = GrpcErrors.Of(e);
            if (error.StatusCode == StatusCode.Internal)
            {
                Problems.LogUnexpected(logger, context.Method, e);
            }

            throw error;
        }
    }

    /// <summary>Adds the service to a worker: its own endpoint, and nothing on the way to others.</summary>
    internal sealed class Half : IServerHalf
    {
        public static readonly Half Shared = new();

        public void AddServices(IServiceCollection services)
        {
            services.AddGrpc(options =>
            {
                // Without this, endpoints are added that catch calls of unknown services. Not for speed.
                // https://learn.microsoft.com/aspnet/core/grpc/configuration#configure-services-options
                options.IgnoreUnknownServices = true;
            });
            // The limit of every body; 4 MiB where nobody sets it, which is gRPC's own default.
            // https://learn.microsoft.com/aspnet/core/grpc/configuration#configure-services-options
            services.AddOptions<GrpcServiceOptions>().Configure<IConfiguration>(
                (options, configuration) => options.MaxReceiveMessageSize = ExecuteEndpoint.MaxBodyBytes(configuration));
            // One instance for all calls, as the service has no state; by default each call makes its own.
            // https://learn.microsoft.com/aspnet/core/grpc/migration#add-a-singleton-service
            services.AddSingleton<GrpcService>();
        }

        public void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGrpcService<GrpcService>();
    }
}
