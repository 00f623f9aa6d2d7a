using Microsoft.Extensions.DependencyInjection.Extensions;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Hosting;
using WorkerRpc.Functions;

namespace WorkerRpc.CallerWorker;

/// <summary>The caller worker, which delegates function calls to the runtime worker.</summary>
public sealed class CallerApp
{
    /// <summary>The default port of a caller worker in its own process.</summary>
    public const int DefaultPort = 8787;

    /// <summary>The valid range for the number of calls of one request to <c>/benchmark</c>.</summary>
    public static readonly Bounds<int> IterationBounds = new(1, 10_000, "timed calls");

    private CallerApp()
    {
    }

    /// <summary>Builds the caller worker. This method does not start the app.</summary>
    /// <param name="args">The settings of the worker, as command-line switches.</param>
    /// <param name="configure">Adds services, such as the host that connects to the runtime. Null if none is added.</param>
    /// <exception cref="UnusableInputException">A setting is invalid.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
        WorkerDefaults.Apply(builder, DefaultPort);
        FunctionList.Load(builder.Configuration[FunctionList.AssemblySetting]);
        configure?.Invoke(builder);
        builder.Services.AddSingleton(BindingCatalog.WithAssembly(builder.Configuration[BindingCatalog.AssemblySetting]));
        builder.Services.TryAddSingleton<IRuntimeHost>(services => new RemoteRuntimeHost(services.GetRequiredService<IConfiguration>()));
        builder.Services.AddSingleton<RuntimeStubs>();
        builder.Services.AddSingleton(
            services => new CallEndpoints(services.GetRequiredService<RuntimeStubs>(), services.GetRequiredService<IConfiguration>()));

        WebApplication app = builder.Build();
        // The endpoints are created before the app listens, so that a worker with an invalid setting stops before it accepts requests.
        CallEndpoints calls = app.Services.GetRequiredService<CallEndpoints>();
        app.MapGet("/health", (RequestDelegate)(context => Health.WriteAsync(context, "caller")));
        app.MapGet("/methods", (RequestDelegate)calls.MethodsAsync);
        app.MapGet("/execute", (RequestDelegate)calls.ExecuteAsync);
        app.MapGet("/benchmark", (RequestDelegate)calls.BenchmarkAsync);
        // The fallback needs this pattern, because the default fallback ignores paths that look like file names.
        app.MapFallback("{*path}", (RequestDelegate)Problems.WriteUnroutedAsync);
        return app;
    }
}
