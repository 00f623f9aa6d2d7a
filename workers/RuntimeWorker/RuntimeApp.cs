using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Hosting;

namespace WorkerRpc.RuntimeWorker;

/// <summary>The shared runtime worker: executes functions for its callers, over every protocol that a binding speaks.</summary>
public sealed class RuntimeApp
{
    /// <summary>The port when it runs alone.</summary>
    public const int DefaultPort = 8788;

    private RuntimeApp()
    {
    }

    /// <summary>The app, not yet started.</summary>
    /// <exception cref="Functions.UnusableInputException">A setting cannot be used.</exception>
    public static WebApplication Build(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
        WorkerDefaults.Apply(builder, DefaultPort);
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

        // The pattern, because the one without leaves out paths that look like a file's.
        app.MapFallback("{*path}", (RequestDelegate)Problems.WriteUnroutedAsync);
        return app;
    }
}
