using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>The server on which a launch runs the runtime worker. Channels with the same instance share one worker.</summary>
public sealed class RuntimeServer
{
    /// <summary>ASP.NET Core's TestServer, without a socket: for channels that connect directly to the worker's services.</summary>
    public static readonly RuntimeServer InMemory = new(kestrel: null, services: null);

    private RuntimeServer(Action<KestrelServerOptions>? kestrel, Action<IServiceCollection>? services) =>
        (Kestrel, Services) = (kestrel, services);

    /// <summary>Configures Kestrel; null if the worker does not run on Kestrel.</summary>
    public Action<KestrelServerOptions>? Kestrel { get; }

    /// <summary>Registers services that override the server's own; null for none.</summary>
    public Action<IServiceCollection>? Services { get; }

    /// <summary>Kestrel on a free loopback port, unless the options name an endpoint.</summary>
    /// <param name="configure">Sets Kestrel's options.</param>
    /// <param name="services">Registers services that override Kestrel's own.</param>
    public static RuntimeServer OnKestrel(
        Action<KestrelServerOptions>? configure = null, Action<IServiceCollection>? services = null) =>
        new(configure ?? (_ => { }), services);

    /// <summary>A server without a socket that replaces ASP.NET Core's default server.</summary>
    public static RuntimeServer On<TServer>()
        where TServer : class, IServer => new(kestrel: null, services => services.AddSingleton<IServer, TServer>());
}
