using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Http;

/// <summary>Sends the same HTTP request as <see cref="ServiceBinding"/>, but over a loopback socket.</summary>
public sealed class RawFetchBinding : IBinding
{
    /// <inheritdoc/>
    public string Id => "raw-fetch";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BindingTags.Core];

    /// <inheritdoc/>
    public string Settings => "Kestrel, HTTP/1.1 over loopback, pooled keep-alive connection, source-generated JSON with Content-Length";

    /// <inheritdoc/>
    public ExpectedLatency Expected => new(new(1, 5), new(10, 20));

    /// <inheritdoc/>
    public ReferenceRows References => new(ReferenceIds.Tcp, ReferenceIds.Json);

    /// <inheritdoc/>
    public Channel? Channel => HttpChannels.Loopback;

    /// <inheritdoc/>
    public IServerHalf Server => ExecuteEndpoint.Shared;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) =>
        new FetchStub(SocketFetch.CreateHandler(), JsonWire.Shared, host.Open(HttpChannels.Loopback));
}
