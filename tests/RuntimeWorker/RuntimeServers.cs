using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Benchmarks.Hosting;
using WorkerRpc.Bindings.Http;
using WorkerRpc.RuntimeWorker;

namespace WorkerRpc.Tests.RuntimeWorker;

/// <summary>How a request reaches a worker.</summary>
public enum Hosted
{
    /// <summary>Handed over in memory.</summary>
    InMemory,

    /// <summary>Through a loopback socket.</summary>
    OverKestrel,
}

/// <summary>The runtime worker in both ways of hosting it, with the least body limit that can be set.</summary>
public sealed class RuntimeServers : IAsyncDisposable
{
    private readonly WebApplicationFactory<RuntimeApp> _inMemory = Configure();
    private readonly Lazy<WebApplicationFactory<RuntimeApp>> _overKestrel = new(() =>
    {
        WebApplicationFactory<RuntimeApp> factory = Configure();
        factory.UseKestrel();
        factory.StartServer();
        return factory;
    });

    public static int MaxBodyBytes => ExecuteEndpoint.MaxBodyBounds.Min;

    public HttpClient CreateClient(Hosted hosted) => hosted == Hosted.InMemory
        ? new HttpClient(_inMemory.Server.CreateHandler()) { BaseAddress = _inMemory.Server.BaseAddress }
        : new HttpClient { BaseAddress = new Uri(AddressesOf(_overKestrel.Value).Single()) };

    public async ValueTask DisposeAsync()
    {
        await _inMemory.DisposeAsync();
        if (_overKestrel.IsValueCreated)
        {
            await _overKestrel.Value.DisposeAsync();
        }
    }

    private static ICollection<string> AddressesOf(WebApplicationFactory<RuntimeApp> factory) =>
        factory.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;

    private static WebApplicationFactory<RuntimeApp> Configure() =>
        new WorkerFactory<RuntimeApp>(bindingsAssembly: null)
            .WithWebHostBuilder(builder => builder.UseSetting(ExecuteEndpoint.MaxBodySetting, $"{MaxBodyBytes}"));
}
