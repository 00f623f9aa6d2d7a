using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.PlainPeers;

/// <summary>
/// A method that is written like its library's own sample. It is compared with the tuned method of the same library. It hosts its own
/// runtime worker. Logging is off, because writing to the console would take most of the time.
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
    // The kind of channel does not matter, but without a channel the method would count as running in the caller.
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
