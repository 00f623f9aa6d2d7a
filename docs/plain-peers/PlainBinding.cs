using WorkerRpc.Bindings;
using WorkerRpc.Functions;

namespace WorkerRpc.PlainPeers;

/// <summary>
/// What anybody would write first with a library, after its own sample: the peers of the same name are held against it. Same
/// types as there. Hosts its own runtime; logging is off, or the console would be what is measured.
/// </summary>
public abstract class PlainBinding : IBinding
{
    /// <inheritdoc/>
    public abstract string Id { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [];

    /// <inheritdoc/>
    public abstract string Settings { get; }

    // Any channel: a binding without one is taken for one that stays in the caller.
    /// <inheritdoc/>
    public RuntimeChannel? Channel => RuntimeChannel.InMemoryHttp;

    /// <inheritdoc/>
    public IServerHalf? Server => null;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) => new Stub(ConnectAsync());

    private protected abstract Task<ICaller> ConnectAsync();

    private protected interface ICaller : IAsyncDisposable
    {
        Task<ExecuteResponse> CallAsync(ExecuteRequest request, CancellationToken cancellation);
    }

    private sealed class Stub(Task<ICaller> connecting) : IRuntimeStub
    {
        private ICaller? _caller;

        public Traffic Traffic => default;

        public async ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation) =>
            await (_caller ??= await connecting).CallAsync(request, cancellation);

        public async ValueTask DisposeAsync() => await (await connecting).DisposeAsync();
    }
}
