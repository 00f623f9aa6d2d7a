using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Bindings.StreamRpc;

/// <summary>Calls with the library StreamJsonRpc over a pair of in-memory pipes.</summary>
public sealed class StreamJsonRpcBinding : IBinding
{
    /// <inheritdoc/>
    public string Id => "stream-json-rpc";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BindingTags.Peer];

    /// <inheritdoc/>
    public string Settings =>
        "StreamJsonRpc over a System.IO.Pipelines pair, length-prefixed messages, Nerdbank.MessagePack by generated code, "
        + "generated proxy; calls dispatched to the thread pool";

    /// <inheritdoc/>
    public ReferenceRows References => new(ReferenceIds.MemoryCopy, ReferenceIds.MessagePack);

    /// <inheritdoc/>
    public Channel? Channel => StreamRpcChannel.Pair;

    /// <inheritdoc/>
    public IServerHalf Server => StreamRpcServer.Half.Shared;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) => new StreamRpcStub(host.Open(StreamRpcChannel.Pair));
}
