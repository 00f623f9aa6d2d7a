using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Bindings;
using WorkerRpc.CallerWorker;
using WorkerRpc.RuntimeWorker;

namespace WorkerRpc.Benchmarks.Hosting;

/// <summary>
/// Both workers in one process: the caller worker, and the runtime worker once for each channel that a binding asks
/// for. Stubs come from the caller worker's own container, so that what is timed is what its endpoints run.
/// </summary>
internal sealed class LaunchHost : IRuntimeHost, IAsyncDisposable
{
    private readonly Lazy<WorkerFactory<RuntimeApp>> _inMemory;
    private readonly Lazy<WorkerFactory<RuntimeApp>> _loopback;
    private readonly Lazy<WorkerFactory<CallerApp>> _caller;

    public LaunchHost(string? bindingsAssembly)
    {
        _inMemory = new(() => new WorkerFactory<RuntimeApp>(bindingsAssembly));
        _loopback = new(() =>
        {
            var factory = new WorkerFactory<RuntimeApp>(bindingsAssembly);
            // Without a port: the factory would write it into the addresses of a server that its own thread may have started
            // by then, and the address of any free port is WorkerFactory's.
            factory.UseKestrel();
            factory.StartServer();
            return factory;
        });
        _caller = new(() => new WorkerFactory<CallerApp>(bindingsAssembly, services => services.AddSingleton<IRuntimeHost>(this)));
    }

    public Uri LoopbackAddress
    {
        get
        {
            IServer server = _loopback.Value.Services.GetRequiredService<IServer>();
            return new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        }
    }

    public bool Offers(RuntimeChannel channel) => true;

    // The server's own handler: the one of the factory's CreateClient follows redirects and keeps cookies, for which
    // it copies every body (36–50 % more at 100KB).
    public HttpMessageHandler CreateInMemoryHandler() => _inMemory.Value.Server.CreateHandler();

    /// <summary>The caller worker's connection for a method.</summary>
    public IRuntimeStub Stub(string method) => _caller.Value.Services.GetRequiredService<RuntimeStubs>().Get(method);

    /// <summary>A client of the caller worker's own endpoints.</summary>
    public HttpClient CreateCallerClient() => _caller.Value.CreateClient();

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable factory in Started())
        {
            await factory.DisposeAsync();
        }
    }

    private IEnumerable<IAsyncDisposable> Started()
    {
        if (_caller.IsValueCreated)
        {
            yield return _caller.Value;
        }

        foreach (Lazy<WorkerFactory<RuntimeApp>> runtime in new[] { _inMemory, _loopback }.Where(runtime => runtime.IsValueCreated))
        {
            yield return runtime.Value;
        }
    }
}
