using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Bindings.CapnWebNpm;

/// <summary>
/// A reference that measures the npm package <c>capnweb</c>. Node makes and times the calls, with the same request and
/// response as the other methods. .NET code would not delegate this way, so the reference is only compared with the Cap'n
/// Web methods.
/// </summary>
public abstract class NpmRow : Reference
{
    /// <inheritdoc/>
    public sealed override IReadOnlyList<string> Tags => [BindingTags.Reference, BindingTags.CapnWeb];

    /// <inheritdoc/>
    public sealed override string Settings =>
        $"npm package capnweb 0.12.0 in Node as it comes, caller and runtime in one process, {ConnectionText}; "
        + "calls timed there by process.hrtime, BenchmarkDotNet's own columns are of asking it for one";

    private protected abstract string ConnectionText { get; }

    private protected abstract string Connection { get; }

    /// <inheritdoc/>
    public sealed override IRuntimeStub Connect(IRuntimeHost host) => new NpmCaller(Id, Connection);
}

/// <summary>The npm package with both ends connected in memory.</summary>
public sealed class CapnWebNpmInMemory : NpmRow
{
    /// <inheritdoc/>
    public override string Id => "capnweb-npm";

    private protected override string ConnectionText => "frames handed over as strings in memory";

    private protected override string Connection => "memory";
}

/// <summary>The npm package with both ends connected over a WebSocket.</summary>
public sealed class CapnWebNpmWebSocket : NpmRow
{
    /// <inheritdoc/>
    public override string Id => "capnweb-npm-websocket";

    private protected override string ConnectionText => "a WebSocket over loopback by npm package ws 8.23.0, not compressed";

    private protected override string Connection => "websocket";
}
