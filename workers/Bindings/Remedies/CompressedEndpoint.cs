using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;

namespace WorkerRpc.Bindings.Remedies;

/// <summary>
/// The runtime's endpoint <c>POST /execute-compressed</c>: ASP.NET Core's compression middleware, then
/// <see cref="ExecuteEndpoint"/>. It has its own path, so that no other method runs through the middleware. The body limit
/// applies to the decompressed body.
/// </summary>
internal sealed class CompressedEndpoint : IServerHalf
{
    public static readonly CompressedEndpoint Shared = new();

    public const string Path = "/execute-compressed";

    private CompressedEndpoint()
    {
    }

    // The middleware has its default options, which are gzip and Brotli at their fastest level.
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

    /// <summary>Wraps a decompressing stream, so that invalid data leads to the same exception for gzip and Brotli.</summary>
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
            // On invalid data, Brotli throws InvalidOperationException. It is converted to the InvalidDataException that gzip throws.
            catch (InvalidOperationException e)
            {
                throw new InvalidDataException($"The body is not in the coding that it names: {e.Message}", e);
            }
        }
    }
}
