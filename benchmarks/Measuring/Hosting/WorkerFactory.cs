using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Http.Inline;

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
    /// <summary>A worker behind the server that runs it on its caller's thread. Handlers come from <see cref="CreateInlineHandler"/>.</summary>
    public static WorkerFactory<TApp> Inline(string? bindingsAssembly)
    {
        var factory = new WorkerFactory<TApp>(bindingsAssembly, configureServer: services => services.AddSingleton<IServer, InlineServer>());
        // A factory hosts TestServer or Kestrel, and looks at the server it gets only where it takes it for TestServer.
        factory.UseKestrel();
        return factory;
    }

    /// <summary>A handler of the server that a factory made by <see cref="Inline"/>, or one made from it, hosts.</summary>
    public static HttpMessageHandler CreateInlineHandler(WebApplicationFactory<TApp> factory) =>
        ((InlineServer)factory.Services.GetRequiredService<IServer>()).CreateHandler();

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
