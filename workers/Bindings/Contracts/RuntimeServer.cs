using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>
/// The server on which a launch runs the runtime worker. Channels with the same instance of this class share one runtime
/// worker.
/// </summary>
public sealed class RuntimeServer
{
    /// <summary>ASP.NET Core's TestServer, which has no socket, for channels that connect directly to the worker's services.</summary>
    public static readonly RuntimeServer InMemory = new(kestrel: null, services: null);

    private RuntimeServer(Action<KestrelServerOptions>? kestrel, Action<IServiceCollection>? services) =>
        (Kestrel, Services) = (kestrel, services);

    /// <summary>The action that configures Kestrel. Null if the worker does not run on Kestrel.</summary>
    public Action<KestrelServerOptions>? Kestrel { get; }

    /// <summary>The action that registers services which replace the server's own. Null if none are replaced.</summary>
    public Action<IServiceCollection>? Services { get; }

    /// <summary>
    /// Creates a Kestrel server on a free loopback port. If the options name an endpoint, the server listens there instead.
    /// </summary>
    /// <param name="configure">The action that sets Kestrel's options.</param>
    /// <param name="services">The action that registers services which replace Kestrel's own.</param>
    public static RuntimeServer OnKestrel(
        Action<KestrelServerOptions>? configure = null, Action<IServiceCollection>? services = null) =>
        new(configure ?? (_ => { }), services);

    /// <summary>Creates a server without a socket, which replaces ASP.NET Core's default server.</summary>
    public static RuntimeServer On<TServer>()
        where TServer : class, IServer => new(kestrel: null, services => services.AddSingleton<IServer, TServer>());
}
