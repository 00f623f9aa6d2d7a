using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Bindings.Pipe;

/// <summary>Calls over a pair of in-memory pipes. Shows the cost of delegation without HTTP.</summary>
public sealed class PipeBinding : IBinding
{
    /// <inheritdoc/>
    public string Id => "pipe";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [];

    /// <inheritdoc/>
    public string Settings => "System.IO.Pipelines pair, length-prefixed frames, MessagePack by hand-written formatters; "
        + "scheduler: inline, the thread pool for what comes meanwhile";

    /// <inheritdoc/>
    public ReferenceRows References => new(ReferenceIds.MemoryCopy, ReferenceIds.MessagePack);

    /// <inheritdoc/>
    public Channel? Channel => PipeChannels.Inline;

    /// <inheritdoc/>
    public IServerHalf Server => PipeServer.Half.Shared;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) => new PipeClient(host.Open(PipeChannels.Inline));
}

/// <summary>Like <see cref="PipeBinding"/>, but calls continue on the thread pool, for functions that block their thread.</summary>
public sealed class PipeHopBinding : IBinding
{
    /// <inheritdoc/>
    public string Id => "pipe-hop";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [];

    /// <inheritdoc/>
    public string Settings => "System.IO.Pipelines pair, length-prefixed frames, MessagePack by hand-written formatters; "
        + "scheduler: the thread pool at either end, and for each call's function";

    /// <inheritdoc/>
    public ReferenceRows References => new(ReferenceIds.MemoryCopy, ReferenceIds.MessagePack);

    /// <inheritdoc/>
    public Channel? Channel => PipeChannels.ThreadPool;

    /// <inheritdoc/>
    public IServerHalf Server => PipeServer.Half.Shared;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) => new PipeClient(host.Open(PipeChannels.ThreadPool));
}
