using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace WorkerRpc.Bindings.Fetch;

/// <summary>The address of a worker that runs on Kestrel.</summary>
public static class KestrelAddress
{
    /// <summary>The first address that the worker listens on.</summary>
    /// <param name="worker">The services of a worker that has started.</param>
    public static Uri Of(IServiceProvider worker) => new(First(worker));

    /// <summary>As Kestrel writes it: also for a Unix domain socket, which is no valid <see cref="Uri"/>.</summary>
    internal static string First(IServiceProvider worker) =>
        worker.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
}
