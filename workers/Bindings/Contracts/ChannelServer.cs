namespace WorkerRpc.Bindings.Contracts;

/// <summary>
/// The runtime's end of a channel, for a host that runs the runtime worker in its own process. A user's assembly can add a
/// channel with a public class that derives from <see cref="ChannelServer{TConnection}"/> and has a constructor without
/// parameters.
/// </summary>
public abstract class ChannelServer
{
    private protected ChannelServer(Channel channel, RuntimeServer server) => (Channel, Server) = (channel, server);

    /// <summary>The channel that this object serves.</summary>
    public Channel Channel { get; }

    /// <summary>The server that the runtime worker needs for this channel.</summary>
    public RuntimeServer Server { get; }
}

/// <summary>The runtime's end of a channel whose connections have the type <typeparamref name="TConnection"/>.</summary>
/// <typeparam name="TConnection">The type of the caller's end of a connection.</typeparam>
/// <param name="channel">The channel that this object serves.</param>
/// <param name="open">The function that opens a connection to the runtime worker with the given services.</param>
/// <param name="server">The server that the runtime worker needs. Null means <see cref="RuntimeServer.InMemory"/>.</param>
public class ChannelServer<TConnection>(
    Channel<TConnection> channel, Func<IServiceProvider, TConnection> open, RuntimeServer? server = null)
    : ChannelServer(channel, server ?? RuntimeServer.InMemory)
    where TConnection : class
{
    /// <summary>Opens a connection to a runtime worker that runs on <see cref="ChannelServer.Server"/>.</summary>
    /// <param name="runtime">The services of the runtime worker.</param>
    public TConnection Open(IServiceProvider runtime) => open(runtime);
}
