using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;

namespace WorkerRpc.Bindings.Remedies;

/// <summary>
/// The runtime's <c>POST /execute-compressed</c>: <see cref="ExecuteEndpoint"/> behind ASP.NET Core's compression middleware.
/// It has its own path, so that no other method runs through the middleware. The body limit applies after decompression.
/// </summary>
internal sealed class CompressedEndpoint : IServerHalf
{
    public static readonly CompressedEndpoint Shared = new();

    public const string Path = "/execute-compressed";

    private CompressedEndpoint()
    {
    }

    // Default options: gzip and Brotli at their fastest level.
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
        branch.Run(ExecuteEndpoint.CreateHandler(endpoints));
        endpoints.MapPost(Path, branch.Build());
    }

    /// <summary>Wraps a decompressing stream so that invalid data throws the same exception for every coding.</summary>
    private sealed class DecompressedStream(Stream decompressing) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await decompressing.ReadAsync(buffer, cancellationToken);
            }
            // Brotli throws InvalidOperationException, but gzip InvalidDataException.
            catch (InvalidOperationException e)
            {
                throw new InvalidDataException($"The body is not in the coding that it names: {e.Message}", e);
            }
        }
    }
}
