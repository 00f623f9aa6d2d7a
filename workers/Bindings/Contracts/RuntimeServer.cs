using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>The server that a launch runs the runtime worker on. Channels with the same instance share one runtime worker.</summary>
public sealed class RuntimeServer
{
    /// <summary>ASP.NET Core's TestServer, which needs no socket. For every channel that connects to the worker's services.</summary>
    public static readonly RuntimeServer InMemory = new(kestrel: null, services: null);

    private RuntimeServer(Action<KestrelServerOptions>? kestrel, Action<IServiceCollection>? services) =>
        (Kestrel, Services) = (kestrel, services);

    /// <summary>Sets Kestrel's options; null where the worker does not run on Kestrel.</summary>
    public Action<KestrelServerOptions>? Kestrel { get; }

    /// <summary>Adds services after the server's own, and so replaces them; null where there are none.</summary>
    public Action<IServiceCollection>? Services { get; }

    /// <summary>Kestrel, on any free port of loopback unless its options name an endpoint.</summary>
    /// <param name="configure">Sets Kestrel's options.</param>
    /// <param name="services">Replaces services of Kestrel.</param>
    public static RuntimeServer OnKestrel(Action<KestrelServerOptions>? configure = null, Action<IServiceCollection>? services = null) =>
        new(configure ?? (_ => { }), services);

    /// <summary>A server without a socket in place of ASP.NET Core's own.</summary>
    public static RuntimeServer On<TServer>()
        where TServer : class, IServer => new(kestrel: null, services => services.AddSingleton<IServer, TServer>());
}
