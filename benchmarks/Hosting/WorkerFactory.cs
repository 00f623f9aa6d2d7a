using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkerRpc.Bindings;

namespace WorkerRpc.Benchmarks.Hosting;

/// <summary>Hosts a worker in this process as it would run in production: its environment, and nothing logged.</summary>
/// <typeparam name="TApp">A public type of the worker's assembly.</typeparam>
internal sealed class WorkerFactory<TApp>(string? bindingsAssembly, Action<IServiceCollection>? configure = null) : WebApplicationFactory<TApp>
    where TApp : class
{
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
