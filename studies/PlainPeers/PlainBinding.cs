using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Functions;

namespace WorkerRpc.PlainPeers;

/// <summary>
/// A peer written like its library's own sample, to compare with the tuned peer of the same name. It hosts its own runtime. Logging
/// is off, because console output would take most of the time.
/// </summary>
public abstract class PlainBinding : IBinding
{
    /// <inheritdoc/>
    public abstract string Id { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [];

    /// <inheritdoc/>
    public abstract string Settings { get; }

    /// <inheritdoc/>
    // Any channel will do. A method without a channel would count as running in the caller.
    public Channel? Channel => HttpChannels.InMemory;

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
