namespace WorkerRpc.Bindings.Contracts;

/// <summary>
/// The runtime's end of a channel, for a host that runs the runtime worker in its own process. To add a channel, a user's
/// assembly has a public class that derives from <see cref="ChannelServer{TConnection}"/>, with a constructor without parameters.
/// </summary>
public abstract class ChannelServer
{
    private protected ChannelServer(Channel channel, RuntimeServer server) => (Channel, Server) = (channel, server);

    /// <summary>The channel that this end serves.</summary>
    public Channel Channel { get; }

    /// <summary>The server that the runtime worker needs for this channel.</summary>
    public RuntimeServer Server { get; }
}

/// <summary>The runtime's end of a channel whose connections have a given type.</summary>
/// <typeparam name="TConnection">The caller's end of a connection.</typeparam>
/// <param name="channel">The channel that this end serves.</param>
/// <param name="open">Opens a connection to the runtime worker that has the given services.</param>
/// <param name="server">The server that the runtime worker needs; null for <see cref="RuntimeServer.InMemory"/>.</param>
public class ChannelServer<TConnection>(
    Channel<TConnection> channel, Func<IServiceProvider, TConnection> open, RuntimeServer? server = null)
    : ChannelServer(channel, server ?? RuntimeServer.InMemory)
    where TConnection : class
{
    /// <summary>Opens a connection to a runtime worker that runs on <see cref="ChannelServer.Server"/>.</summary>
    /// <param name="runtime">The services of the runtime worker.</param>
    public TConnection Open(IServiceProvider runtime) => open(runtime);
}
