using System.Net;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Wire;

namespace WorkerRpc.Bindings.Http;

/// <summary>Like <see cref="RawFetchBinding"/>, but over HTTP/2 without TLS. Both ends use HTTP/2 without negotiation.</summary>
public sealed class RawFetchHttp2Binding : IBinding
{
    /// <inheritdoc/>
    public string Id => "raw-fetch-h2";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [];

    /// <inheritdoc/>
    public string Settings =>
        "Kestrel, HTTP/2 cleartext by prior knowledge over loopback, one connection, source-generated JSON with Content-Length";

    /// <inheritdoc/>
    public ReferenceRows References => new(ReferenceIds.Tcp, ReferenceIds.Json);

    /// <inheritdoc/>
    public Channel? Channel => HttpChannels.LoopbackHttp2;

    /// <inheritdoc/>
    public IServerHalf Server => ExecuteEndpoint.Shared;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host)
    {
        SocketsHttpHandler handler = SocketFetch.CreateHandler();
        // The window is 1 MB, so that the largest payload fits from the first call on. The automatic window starts at 64 KB and grows
        // slowly.
        handler.InitialHttp2StreamWindowSize = 1 << 20;
        return new FetchStub(handler, JsonWire.Shared, host.Open(HttpChannels.LoopbackHttp2), HttpVersion.Version20);
    }
}
