using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>Calls over one Cap'n Web session with an in-memory transport. Shows the cost of the protocol without a network.</summary>
public sealed class CapnWebBinding : IBinding
{
    /// <inheritdoc/>
    public string Id => "capnweb";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BindingTags.CapnWeb];

    /// <inheritdoc/>
    public string Settings => "Cap'n Web session over an in-memory pair, each message copied as its bytes, inline on the caller's thread; "
        + "source-generated serializer and stubs";

    /// <inheritdoc/>
    public ReferenceRows References => new(ReferenceIds.MemoryCopy, ReferenceIds.Json);

    /// <inheritdoc/>
    public Channel? Channel => CapnWebChannel.Pair;

    /// <inheritdoc/>
    public IServerHalf Server => CapnWebRuntime.Half.Shared;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) =>
        new CapnWebStub(new CapnWebConnection(_ => ValueTask.FromResult(host.Open(CapnWebChannel.Pair))));
}
