using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Wire;

namespace WorkerRpc.Bindings.Http;

/// <summary>Like <see cref="ServiceBinding"/>, but with a MessagePack body.</summary>
public sealed class ServiceBindingMessagePack : IBinding
{
    /// <inheritdoc/>
    public string Id => "service-binding-messagepack";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [];

    /// <inheritdoc/>
    public string Settings => "TestServer handler under HttpMessageInvoker, MessagePack by hand-written formatters with Content-Length";

    /// <inheritdoc/>
    public ReferenceRows References => new(ReferenceIds.MemoryCopy, ReferenceIds.MessagePack);

    /// <inheritdoc/>
    public Channel? Channel => HttpChannels.InMemory;

    /// <inheritdoc/>
    public IServerHalf Server => ExecuteEndpoint.Shared;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) => new FetchStub(host.Open(HttpChannels.InMemory), MessagePackWire.Shared);
}
