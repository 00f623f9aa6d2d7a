using WorkerRpc.Bindings.Contracts;
using WorkerRpc.CallerWorker;
using WorkerRpc.Functions;

namespace WorkerRpc.DevHost;

/// <summary>
/// Both workers in one process, as development servers for Workers run them. The caller worker reaches the runtime in memory and over its
/// port.
/// </summary>
public static class DevApp
{
    /// <summary>
    /// Builds the caller worker. When it starts, it first starts the runtime worker, which listens on the address of <c>RUNTIME_URL</c>.
    /// </summary>
    /// <exception cref="UnusableInputException">A setting is invalid.</exception>
    public static WebApplication Build(string[] args)
    {
        var runtime = new RuntimeInProcess(args);
        return CallerApp.Build(args, builder =>
        {
            builder.Services.AddSingleton<IRuntimeHost>(runtime);
            builder.Services.AddHostedService(_ => runtime);
        });
    }
}
