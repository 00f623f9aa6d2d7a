using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;

namespace WorkerRpc.Bindings.Grpc;

/// <summary>gRPC over a loopback socket: Kestrel, HTTP/2, no TLS.</summary>
public sealed class GrpcBinding : IBinding
{
    /// <inheritdoc/>
    public string Id => "grpc";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BindingTags.Peer];

    /// <inheritdoc/>
    public string Settings =>
        "grpc-dotnet unary calls, Kestrel, HTTP/2 cleartext over loopback, one channel, 1 MiB stream window, protobuf by generated code";

    /// <inheritdoc/>
    public ReferenceRows References => new(ReferenceIds.Tcp, Serializer: null);

    /// <inheritdoc/>
    public Channel? Channel => HttpChannels.LoopbackHttp2;

    /// <inheritdoc/>
    public IServerHalf Server => GrpcService.Half.Shared;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host)
    {
        SocketsHttpHandler handler = SocketFetch.CreateHandler();
        // A custom handler must repeat the default of gRPC's own handler: open more connections when one has no free streams.
        // https://learn.microsoft.com/aspnet/core/grpc/performance#connection-concurrency
        handler.EnableMultipleHttp2Connections = true;
        // 1 MB fits the largest payload from the first call; the automatic window starts at 64 KB and grows slowly. Kestrel's own
        // windows are large enough by default: 768 KB a stream and 1 MB a connection.
        // https://learn.microsoft.com/aspnet/core/grpc/performance#flow-control
        // https://learn.microsoft.com/dotnet/api/system.net.http.socketshttphandler.initialhttp2streamwindowsize
        // https://github.com/dotnet/aspnetcore/pull/43302
        handler.InitialHttp2StreamWindowSize = 1 << 20;
        // Keep idle connections open for the next call.
        // https://learn.microsoft.com/aspnet/core/grpc/performance#keep-alive-pings
        handler.PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan;
        handler.KeepAlivePingDelay = TimeSpan.FromSeconds(60);
        handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(30);
        return new GrpcStub(host.Open(HttpChannels.LoopbackHttp2), handler);
    }
}
