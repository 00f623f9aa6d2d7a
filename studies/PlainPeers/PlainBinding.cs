using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Functions;

namespace WorkerRpc.PlainPeers;

/// <summary>
/// A peer as its library's own sample writes it, to compare with the tuned peer of the same name. It uses the same types and
/// hosts its own runtime. Logging is off, because writing to the console would dominate.
/// </summary>
public abstract class PlainBinding : IBinding
{
    /// <inheritdoc/>
    public abstract string Id { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [];

    /// <inheritdoc/>
    public abstract string Settings { get; }

    // Which channel does not matter. A binding without one would count as running in the caller.
    /// <inheritdoc/>
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
