using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Http.Inline;

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
        branch.Use(next => context =>
        {
            context.Request.Body = new DecompressedStream(context.Request.Body);
            return next(context);
        });
        branch.UseResponseCompression();
        branch.Run(ExecuteEndpoint.Handler(endpoints));
        endpoints.MapPost(Path, branch.Build());
    }

    /// <summary>Says in one way of every coding that the data is none of it.</summary>
    private sealed class DecompressedStream(Stream decompressing) : BodyStream
    {
        public override bool CanRead => true;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await decompressing.ReadAsync(buffer, cancellationToken);
            }
            // Brotli's way.
            catch (InvalidOperationException e)
            {
                throw new InvalidDataException($"The body is not in the coding that it names: {e.Message}", e);
            }
        }
    }
}
