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
        // The handler opens another connection when a connection has no free streams. gRPC's own handler does so by default, but a
        // custom handler must set this option.
        // https://learn.microsoft.com/aspnet/core/grpc/performance#connection-concurrency
        handler.EnableMultipleHttp2Connections = true;
        // The window is 1 MB, so that the largest payload fits from the first call on. The automatic window starts at 64 KB and grows
        // slowly. Kestrel's own windows are large enough by default: 768 KB per stream and 1 MB per connection.
        // https://learn.microsoft.com/aspnet/core/grpc/performance#flow-control
        // https://learn.microsoft.com/dotnet/api/system.net.http.socketshttphandler.initialhttp2streamwindowsize
        // https://github.com/dotnet/aspnetcore/pull/43302
        handler.InitialHttp2StreamWindowSize = 1 << 20;
        // Idle connections stay open, so that the next call needs no new connection.
        // https://learn.microsoft.com/aspnet/core/grpc/performance#keep-alive-pings
        handler.PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan;
        handler.KeepAlivePingDelay = TimeSpan.FromSeconds(60);
        handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(30);
        return new GrpcStub(host.Open(HttpChannels.LoopbackHttp2), handler);
    }
}
