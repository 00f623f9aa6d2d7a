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

/// <summary>The runtime's gRPC service. All gRPC bindings use it.</summary>
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
            // Either the deadline has passed, or the caller has cancelled the call. In the second case the caller does not read this error.
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

    /// <summary>Registers the service and its endpoint in a runtime worker. Other endpoints are not affected.</summary>
    internal sealed class Half : IServerHalf
    {
        public static readonly Half Shared = new();

        public void AddServices(IServiceCollection services)
        {
            services.AddGrpc(options =>
            {
                // Turns off the endpoints that answer calls of unknown services. gRPC adds them by default, and this worker
                // does not need them.
                // https://learn.microsoft.com/aspnet/core/grpc/configuration#configure-services-options
                options.IgnoreUnknownServices = true;
            });
            // The size limit of a message is the configured body limit, which also applies to the other HTTP bindings. By default it is
            // 4 MiB, as in gRPC.
            // https://learn.microsoft.com/aspnet/core/grpc/configuration#configure-services-options
            services.AddOptions<GrpcServiceOptions>().Configure<IConfiguration>(
                (options, configuration) => options.MaxReceiveMessageSize = ExecuteEndpoint.MaxBodyBytes(configuration));
            // All calls share one instance of the service, because the service has no state. By default each call creates an instance.
            // https://learn.microsoft.com/aspnet/core/grpc/migration#add-a-singleton-service
            services.AddSingleton<GrpcService>();
        }

        public void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGrpcService<GrpcService>();
    }
}
