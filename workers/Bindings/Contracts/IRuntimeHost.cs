using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>
/// Connects a caller worker to the runtime. A launch's host offers every channel that has a <see cref="ChannelServer"/>. A
/// caller worker in its own process only knows the runtime's address.
/// </summary>
public interface IRuntimeHost
{
    /// <summary>Whether this host can open the channel.</summary>
    bool Offers(Channel channel);

    /// <summary>Opens a new connection, which the caller owns.</summary>
    /// <exception cref="UnusableInputException">The host does not offer the channel.</exception>
    TConnection Open<TConnection>(Channel<TConnection> channel)
        where TConnection : class;
}
