using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;

// Without these lines the factory looks for the solution file above the program's folder. An installed program has none.
[assembly: WebApplicationFactoryContentRoot("WorkerRpc.CallerWorker", ".", "WorkerRpc.CallerWorker.dll", "0")]
[assembly: WebApplicationFactoryContentRoot("WorkerRpc.RuntimeWorker", ".", "WorkerRpc.RuntimeWorker.dll", "0")]

namespace WorkerRpc.Benchmarks.Measuring.Hosting;

/// <summary>Hosts a worker in this process with production settings and without logging.</summary>
/// <typeparam name="TApp">A public type of the worker's assembly.</typeparam>
/// <param name="bindingsAssembly">
/// An assembly with additional bindings for the worker. If it is null, the worker has only the built-in bindings.
/// </param>
/// <param name="configure">The action that adds services to the worker.</param>
/// <param name="configureServer">The action that adds services of another server, which replaces the factory's own.</param>
internal sealed class WorkerFactory<TApp>(
    string? bindingsAssembly,
    Action<IServiceCollection>? configure = null,
    Action<IServiceCollection>? configureServer = null) : WebApplicationFactory<TApp>
    where TApp : class
{
    /// <summary>Creates a worker on the server that a channel needs.</summary>
    public static WorkerFactory<TApp> On(RuntimeServer server, string? bindingsAssembly)
    {
        var factory = new WorkerFactory<TApp>(
            bindingsAssembly, server.Kestrel is { } kestrel ? services => services.Configure(kestrel) : null, server.Services);
        if (server != RuntimeServer.InMemory)
        {
            // Every server except TestServer needs this call, even a server without sockets. The call has no port argument: with a
            // port, the factory would set the addresses of a server that might already be running.
            factory.UseKestrel();
        }

        return factory;
    }

    protected override IHost CreateHost(IHostBuilder builder)
    {
        if (configureServer is not null)
        {
            // These services are registered after the factory's Kestrel, so they replace Kestrel: the last registration is used.
            builder.ConfigureServices(configureServer);
        }

        return base.CreateHost(builder);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.UseContentRoot(AppContext.BaseDirectory);
        // Port 0 means any free port. Without this line the worker would listen on its default port.
        builder.UseUrls("http://127.0.0.1:0");
        builder.UseSetting(BindingCatalog.AssemblySetting, bindingsAssembly ?? "");
        builder.ConfigureLogging(logging => logging.ClearProviders());
        if (configure is not null)
        {
            builder.ConfigureServices(configure);
        }
    }
}
