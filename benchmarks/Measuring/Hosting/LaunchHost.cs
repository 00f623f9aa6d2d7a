using System.Collections.Concurrent;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.CallerWorker;
using WorkerRpc.Functions;
using WorkerRpc.RuntimeWorker;

namespace WorkerRpc.Benchmarks.Measuring.Hosting;

/// <summary>
/// Hosts both workers in this process: the caller worker, and one runtime worker for each server that a channel needs. The
/// caller's connections come from the caller worker's own services, so a measured call runs the same code as a call of the
/// worker's endpoints.
/// </summary>
internal sealed class LaunchHost : IRuntimeHost, IAsyncDisposable
{
    // Uses TestServer's own handler. The client of WebApplicationFactory.CreateClient adds handlers for redirects and cookies.
    // They copy every body, so a call with a payload of 100 KB takes 36–50 % longer.
    private static readonly ChannelServer s_inMemoryHttp = new ChannelServer<HttpMessageHandler>(
        HttpChannels.InMemory, runtime => ((TestServer)runtime.GetRequiredService<IServer>()).CreateHandler());

    private readonly string? _bindingsAssembly;
    private readonly Lazy<WorkerFactory<CallerApp>> _caller;
    private readonly Lazy<Dictionary<Channel, ChannelServer>> _channels;
    private readonly ConcurrentDictionary<RuntimeServer, Lazy<WorkerFactory<RuntimeApp>>> _runtimes = new();

    public LaunchHost(string? bindingsAssembly)
    {
        _bindingsAssembly = bindingsAssembly;
        _caller = new(() => new WorkerFactory<CallerApp>(bindingsAssembly, services => services.AddSingleton<IRuntimeHost>(this)));
        _channels = new(() => BindingCatalog.WithAssembly(bindingsAssembly).ChannelServers
            .Prepend(s_inMemoryHttp).ToDictionary(server => server.Channel));
    }

    public bool Offers(Channel channel) => _channels.Value.ContainsKey(channel);

    public TConnection Open<TConnection>(Channel<TConnection> channel)
        where TConnection : class => _channels.Value.TryGetValue(channel, out ChannelServer? server)
            ? ((ChannelServer<TConnection>)server).Open(RuntimeOn(server.Server).Services)
            : throw UnusableInputException.Unknown("channel", channel.Id, _channels.Value.Keys.Select(known => known.Id));

    /// <summary>Returns the caller worker's binding for the method with the given id.</summary>
    public IBinding Binding(string method) => _caller.Value.Services.GetRequiredService<BindingCatalog>().Find(method);

    /// <summary>Returns the caller worker's connection to the runtime for the method with the given id.</summary>
    public IRuntimeStub Stub(string method) => _caller.Value.Services.GetRequiredService<RuntimeStubs>().Get(method);

    /// <summary>Creates an HTTP client for the caller worker's endpoints.</summary>
    public HttpClient CreateCallerClient() => _caller.Value.CreateClient();

    public async ValueTask DisposeAsync()
    {
        if (_caller.IsValueCreated)
        {
            await _caller.Value.DisposeAsync();
        }

        foreach (Lazy<WorkerFactory<RuntimeApp>> runtime in _runtimes.Values.Where(runtime => runtime.IsValueCreated))
        {
            await runtime.Value.DisposeAsync();
        }
    }

    private WorkerFactory<RuntimeApp> RuntimeOn(RuntimeServer server) =>
        _runtimes.GetOrAdd(server, _ => new(() => WorkerFactory<RuntimeApp>.On(server, _bindingsAssembly))).Value;
}
