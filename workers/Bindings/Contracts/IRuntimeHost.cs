using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>
/// Connects a caller worker to the runtime. In a launch, the host offers every channel that has a
/// <see cref="ChannelServer"/>. The host of a caller worker in its own process knows only the runtime's address, so it offers
/// fewer channels.
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
