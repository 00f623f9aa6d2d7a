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

/// <summary>How a request reaches a worker.</summary>
public enum Hosted
{
    /// <summary>Handed over in memory.</summary>
    InMemory,

    /// <summary>Handed over in memory, on the caller's thread.</summary>
    Inline,

    /// <summary>Through a loopback socket.</summary>
    OverKestrel,
}

/// <summary>The runtime worker in every way of hosting it, with the least body limit that can be set.</summary>
public sealed class RuntimeServers : IAsyncDisposable
{
    private static readonly RuntimeServer s_inline = RuntimeServer.On<InlineServer>();

    private readonly WebApplicationFactory<RuntimeApp> _inMemory = Configure(new WorkerFactory<RuntimeApp>(bindingsAssembly: null));
    private readonly Lazy<WebApplicationFactory<RuntimeApp>> _inline = new(() =>
    {
        WebApplicationFactory<RuntimeApp> factory = Configure(WorkerFactory<RuntimeApp>.On(s_inline, bindingsAssembly: null));
        // A factory made from another one inherits its configuration, but not this setting.
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
        foreach (Lazy<WebApplicationFactory<RuntimeApp>> factory in new[] { _inline, _overKestrel }.Where(factory => factory.IsValueCreated))
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
