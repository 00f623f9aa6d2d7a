using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Bindings.CapnWebNpm;

/// <summary>
/// The npm package that Cap'n Web comes from, in Node: an echo of the same request and response, called and timed there.
/// Nobody delegates from .NET by it; it is what the methods of the same protocol are held against.
/// </summary>
public abstract class NpmRow : Reference
{
    /// <inheritdoc/>
    public sealed override IReadOnlyList<string> Tags => [BindingTags.Reference, BindingTags.CapnWeb];

    /// <inheritdoc/>
    public sealed override string Settings =>
        $"npm package capnweb 0.12.0 in Node as it comes, caller and runtime in one process, {Way}; calls timed there by process.hrtime, BenchmarkDotNet's own columns are of asking it for one";

    private protected abstract string Way { get; }

    private protected abstract string Connection { get; }

    /// <inheritdoc/>
    public sealed override IRuntimeStub Connect(IRuntimeHost host) => new NpmCaller(Id, Connection);
}

/// <summary>Both ends in memory.</summary>
public sealed class CapnWebNpmInMemory : NpmRow
{
    /// <inheritdoc/>
    public override string Id => "capnweb-npm";

    private protected override string Way => "frames handed over as strings in memory";

    private protected override string Connection => "memory";
}

/// <summary>The two ends over a socket.</summary>
public sealed class CapnWebNpmWebSocket : NpmRow
{
    /// <inheritdoc/>
    public override string Id => "capnweb-npm-websocket";

    private protected override string Way => "a WebSocket over loopback by npm package ws 8.23.0, not compressed";

    private protected override string Connection => "websocket";
}
