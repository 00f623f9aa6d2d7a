using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Benchmarks.Measuring.Hosting;

/// <summary>Hosts a worker in this process as it would run in production: its environment, and nothing logged.</summary>
/// <typeparam name="TApp">A public type of the worker's assembly.</typeparam>
/// <param name="bindingsAssembly">Whose bindings the worker has beside its own; null for none.</param>
/// <param name="configure">Adds to the worker's services.</param>
/// <param name="configureServer">Adds what is to be used in place of what the factory's own server brings.</param>
internal sealed class WorkerFactory<TApp>(
    string? bindingsAssembly, Action<IServiceCollection>? configure = null, Action<IServiceCollection>? configureServer = null) : WebApplicationFactory<TApp>
    where TApp : class
{
    /// <summary>A worker on the server that a channel needs.</summary>
    public static WorkerFactory<TApp> On(RuntimeServer server, string? bindingsAssembly)
    {
        var factory = new WorkerFactory<TApp>(
            bindingsAssembly, server.Kestrel is { } kestrel ? services => services.Configure(kestrel) : null, server.Services);
        if (server != RuntimeServer.InMemory)
        {
            // Without a port. With one, the factory writes it into the addresses of a server that may have started already.
            // For a server without a socket too: the factory expects TestServer unless it is told to use Kestrel.
            factory.UseKestrel();
        }

        return factory;
    }

    protected override IHost CreateHost(IHostBuilder builder)
    {
        if (configureServer is not null)
        {
            // Here, after the factory has added Kestrel: the last that is registered is the one that is used.
            builder.ConfigureServices(configureServer);
        }

        return base.CreateHost(builder);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.UseContentRoot(AppContext.BaseDirectory);
        // Any free port, or a worker that is given none takes its own.
        builder.UseUrls("http://127.0.0.1:0");
        builder.UseSetting(BindingCatalog.AssemblySetting, bindingsAssembly ?? "");
        builder.ConfigureLogging(logging => logging.ClearProviders());
        if (configure is not null)
        {
            builder.ConfigureServices(configure);
        }
    }
}
