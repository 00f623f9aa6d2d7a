using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Bindings.Http;

namespace WorkerRpc.Bindings.Remedies;

/// <summary>
/// The runtime's <c>POST /execute-compressed</c>: <see cref="ExecuteEndpoint"/> behind ASP.NET Core's middleware for content
/// codings, at a path of its own so that no other method's calls go through it. The body limit holds for what was decompressed.
/// </summary>
internal sealed class CompressedEndpoint : IServerHalf
{
    public static readonly CompressedEndpoint Shared = new();

    public const string Path = "/execute-compressed";

    private CompressedEndpoint()
    {
    }

    // The middleware's own defaults: gzip and Brotli at their fastest level.
    public void AddServices(IServiceCollection services)
    {
        services.AddRequestDecompression();
        services.AddResponseCompression();
    }

    public void Map(IEndpointRouteBuilder endpoints)
    {
        IApplicationBuilder branch = endpoints.CreateApplicationBuilder();
        branch.UseRequestDecompression();
        branch.UseResponseCompression();
        branch.Run(ExecuteEndpoint.Handler(endpoints));
        endpoints.MapPost(Path, branch.Build());
    }
}
