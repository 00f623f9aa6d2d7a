using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Hosting;
using WorkerRpc.Functions;

namespace WorkerRpc.RuntimeWorker;

/// <summary>The runtime worker, which executes functions for its callers. It serves the protocols of all bindings.</summary>
public sealed class RuntimeApp
{
    /// <summary>The default port of a runtime worker in its own process.</summary>
    public const int DefaultPort = 8788;

    private RuntimeApp()
    {
    }

    /// <summary>Builds the runtime worker. This method does not start the app.</summary>
    /// <param name="args">The settings of the worker, as command-line switches.</param>
    /// <param name="configure">Changes the builder, such as its server. Null if nothing is changed.</param>
    /// <exception cref="UnusableInputException">A setting is invalid.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
        WorkerDefaults.Apply(builder, DefaultPort);
        FunctionList.Load(builder.Configuration[FunctionList.AssemblySetting]);
        configure?.Invoke(builder);
        BindingCatalog catalog = BindingCatalog.WithAssembly(builder.Configuration[BindingCatalog.AssemblySetting]);
        foreach (IServerHalf half in catalog.ServerHalves)
        {
            half.AddServices(builder.Services);
        }

        WebApplication app = builder.Build();
        app.MapGet("/health", (RequestDelegate)(context => Health.WriteAsync(context, "runtime")));
        foreach (IServerHalf half in catalog.ServerHalves)
        {
            half.Map(app);
        }

        // The fallback needs this pattern, because the default fallback ignores paths that look like file names.
        app.MapFallback("{*path}", (RequestDelegate)Problems.WriteUnroutedAsync);
        return app;
    }
}
