using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>
/// Connects a caller worker to the runtime. A launch's host offers every channel that has a <see cref="ChannelServer"/>; a caller
/// worker that runs alone has only the runtime's address. As on Cloudflare, the host decides what <c>env.RUNTIME</c> is.
/// </summary>
public interface IRuntimeHost
{
    /// <summary>Whether the runtime can be reached by this channel from here.</summary>
    bool Offers(Channel channel);

    /// <summary>Opens a new connection, which the caller owns.</summary>
    /// <exception cref="UnusableInputException">The host does not offer the channel.</exception>
    TConnection Open<TConnection>(Channel<TConnection> channel)
        where TConnection : class;
}
