using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace WorkerRpc.Bindings.Fetch;

/// <summary>Finds the address of a worker that runs on Kestrel.</summary>
public static class KestrelAddress
{
    /// <summary>Returns the first address that the worker listens on.</summary>
    /// <param name="worker">The services of a worker that has started.</param>
    public static Uri Of(IServiceProvider worker) => new(First(worker));

    /// <summary>Returns the first address as text, because the address of a Unix domain socket is not a valid <see cref="Uri"/>.</summary>
    internal static string First(IServiceProvider worker) =>
        worker.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
}
