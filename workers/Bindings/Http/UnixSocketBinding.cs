using System.Net.Sockets;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Wire;

namespace WorkerRpc.Bindings.Http;

/// <summary>Like <see cref="RawFetchBinding"/>, but over a Unix domain socket, which needs neither TCP nor a port.</summary>
public sealed class UnixSocketBinding : IBinding
{
    /// <inheritdoc/>
    public string Id => "unix-socket";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [];

    /// <inheritdoc/>
    public string Settings =>
        "Kestrel, HTTP/1.1 over a Unix domain socket, pooled keep-alive connection, source-generated JSON with Content-Length";

    /// <inheritdoc/>
    public ReferenceRows References => new(ReferenceIds.Unix, ReferenceIds.Json);

    /// <inheritdoc/>
    public Channel? Channel => HttpChannels.UnixSocket;

    /// <inheritdoc/>
    public IServerHalf Server => ExecuteEndpoint.Shared;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host)
    {
        UnixDomainSocketEndPoint end = host.Open(HttpChannels.UnixSocket);
        SocketsHttpHandler handler = SocketFetch.CreateHandler();
        handler.ConnectCallback = (_, cancellation) =>
            SocketFetch.ConnectAsync(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), end, cancellation);
        return new FetchStub(handler, JsonWire.Shared);
    }
}
