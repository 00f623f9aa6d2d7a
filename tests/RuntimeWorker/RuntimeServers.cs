using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Http.Inline;
using WorkerRpc.RuntimeWorker;

namespace WorkerRpc.Tests.RuntimeWorker;

/// <summary>The server that a worker runs on.</summary>
public enum Hosted
{
    /// <summary>TestServer: requests are passed in memory.</summary>
    InMemory,

    /// <summary>InlineServer: requests are passed in memory and run on the caller's thread.</summary>
    Inline,

    /// <summary>Kestrel: requests go through a loopback socket.</summary>
    OverKestrel,
}

/// <summary>Runs the runtime worker on each kind of server, with the smallest valid body limit.</summary>
public sealed class RuntimeServers : IAsyncDisposable
{
    private static readonly RuntimeServer s_inline = RuntimeServer.On<InlineServer>();

    private readonly WebApplicationFactory<RuntimeApp> _inMemory = Configure(new WorkerFactory<RuntimeApp>(bindingsAssembly: null));

    private readonly Lazy<WebApplicationFactory<RuntimeApp>> _inline = new(() =>
    {
        WebApplicationFactory<RuntimeApp> factory = Configure(WorkerFactory<RuntimeApp>.On(s_inline, bindingsAssembly: null));
        // A factory that is derived from another one inherits its configuration, but not UseKestrel.
        factory.UseKestrel();
        return factory;
    });

    private readonly Lazy<WebApplicationFactory<RuntimeApp>> _overKestrel = new(() =>
    {
        WebApplicationFactory<RuntimeApp> factory = Configure(new WorkerFactory<RuntimeApp>(bindingsAssembly: null));
        factory.UseKestrel();
        factory.StartServer();
        return factory;
    });

    public static int MaxBodyBytes => ExecuteEndpoint.MaxBodyBounds.Min;

    public HttpClient CreateClient(Hosted hosted) => hosted switch
    {
        Hosted.InMemory => new HttpClient(_inMemory.Server.CreateHandler()) { BaseAddress = _inMemory.Server.BaseAddress },
        Hosted.Inline => new HttpClient(InlineHandler()) { BaseAddress = _inMemory.Server.BaseAddress },
        _ => new HttpClient { BaseAddress = new Uri(AddressesOf(_overKestrel.Value).Single()) },
    };

    public async ValueTask DisposeAsync()
    {
        await _inMemory.DisposeAsync();
        Lazy<WebApplicationFactory<RuntimeApp>>[] factories = [_inline, _overKestrel];
        foreach (Lazy<WebApplicationFactory<RuntimeApp>> factory in factories.Where(factory => factory.IsValueCreated))
        {
            await factory.Value.DisposeAsync();
        }
    }

    private HttpMessageHandler InlineHandler() =>
        ((InlineServer)_inline.Value.Services.GetRequiredService<IServer>()).CreateHandler();

    private static ICollection<string> AddressesOf(WebApplicationFactory<RuntimeApp> factory) =>
        factory.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;

    private static WebApplicationFactory<RuntimeApp> Configure(WorkerFactory<RuntimeApp> factory) =>
        factory.WithWebHostBuilder(builder => builder.UseSetting(ExecuteEndpoint.MaxBodySetting, $"{MaxBodyBytes}"));
}
