using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Bindings.Grpc;

/// <summary>Like <see cref="GrpcBinding"/>, but in memory through TestServer: shows the cost of gRPC without a socket.</summary>
public sealed class GrpcInMemoryBinding : IBinding
{
    /// <inheritdoc/>
    public string Id => "grpc-in-memory";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BindingTags.Peer];

    /// <inheritdoc/>
    public string Settings => "grpc-dotnet unary calls, TestServer handler, one channel, protobuf by generated code";

    /// <inheritdoc/>
    public ReferenceRows References => new(ReferenceIds.MemoryCopy, Serializer: null);

    /// <inheritdoc/>
    public Channel? Channel => HttpChannels.InMemory;

    /// <inheritdoc/>
    public IServerHalf Server => GrpcService.Half.Shared;

    // The channel uses TestServer's handler.
    // https://learn.microsoft.com/aspnet/core/grpc/test-services#integration-test-grpc-services
    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) =>
        new GrpcStub(new Uri("http://runtime"), host.Open(HttpChannels.InMemory));
}
