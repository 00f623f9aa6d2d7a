using Microsoft.Extensions.DependencyInjection.Extensions;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Hosting;
using WorkerRpc.Functions;

namespace WorkerRpc.CallerWorker;

/// <summary>The caller worker: a thin stub that delegates function calls to the runtime worker.</summary>
public sealed class CallerApp
{
    /// <summary>The port when it runs alone.</summary>
    public const int DefaultPort = 8787;

    /// <summary>The calls that one request to <c>/benchmark</c> can ask for.</summary>
    public static readonly Bounds<int> IterationBounds = new(1, 10_000, "timed calls");

    private CallerApp()
    {
    }

    /// <summary>The app, not yet started.</summary>
    /// <exception cref="UnusableInputException">A setting cannot be used.</exception>
    public static WebApplication Build(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
        WorkerDefaults.Apply(builder, DefaultPort);
        builder.Services.AddSingleton(BindingCatalog.WithAssembly(builder.Configuration[BindingCatalog.AssemblySetting]));
        builder.Services.TryAddSingleton<IRuntimeHost>(services => new RemoteRuntimeHost(services.GetRequiredService<IConfiguration>()));
        builder.Services.AddSingleton<RuntimeStubs>();
        builder.Services.AddSingleton(
            services => new CallEndpoints(services.GetRequiredService<RuntimeStubs>(), services.GetRequiredService<IConfiguration>()));

        WebApplication app = builder.Build();
        // Asked for here so that an unusable setting ends the program before it listens.
        CallEndpoints calls = app.Services.GetRequiredService<CallEndpoints>();
        app.MapGet("/health", (RequestDelegate)(context => Health.WriteAsync(context, "caller")));
        app.MapGet("/methods", (RequestDelegate)calls.MethodsAsync);
        app.MapGet("/execute", (RequestDelegate)calls.ExecuteAsync);
        app.MapGet("/benchmark", (RequestDelegate)calls.BenchmarkAsync);
        // The pattern, because the one without leaves out paths that look like a file's.
        app.MapFallback("{*path}", (RequestDelegate)Problems.WriteUnroutedAsync);
        return app;
    }
}
