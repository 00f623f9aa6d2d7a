using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Bindings.CapnWeb;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Bindings.Remedies;
using WorkerRpc.Bindings.StreamRpc;
using WorkerRpc.CallerWorker;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.RuntimeWorker;

namespace WorkerRpc.Benchmarks.Measuring.Hosting;

/// <summary>
/// Both workers in one process: the caller worker, and the runtime worker once for each channel that a binding asks
/// for. Stubs come from the caller worker's own container, so that what is timed is what its endpoints run.
/// </summary>
internal sealed class LaunchHost : IRuntimeHost, IAsyncDisposable
{
    private readonly Lazy<WorkerFactory<RuntimeApp>> _inMemory;
    private readonly Lazy<WorkerFactory<RuntimeApp>> _inline;
    private readonly Dictionary<RuntimeChannel, Lazy<WorkerFactory<RuntimeApp>>> _sockets;
    private readonly Lazy<WorkerFactory<CallerApp>> _caller;
    private readonly string _unixSocket = Path.Combine(Path.GetTempPath(), $"worker-rpc-{Guid.NewGuid():N}.sock");

    public LaunchHost(string? bindingsAssembly)
    {
        _inMemory = new(() => new WorkerFactory<RuntimeApp>(bindingsAssembly));
        _inline = new(() => WorkerFactory<RuntimeApp>.Inline(bindingsAssembly));
        _sockets = new()
        {
            [RuntimeChannel.LoopbackHttp] = Listening(kestrel => { }),
            [RuntimeChannel.LoopbackHttpLargeBlocks] = Listening(kestrel => { }, LargeBlocks.AddTo),
            [RuntimeChannel.LoopbackHttp2] = Listening(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2)),
            [RuntimeChannel.UnixSocket] = Listening(kestrel => kestrel.ListenUnixSocket(_unixSocket)),
        };
        _caller = new(() => new WorkerFactory<CallerApp>(bindingsAssembly, services => services.AddSingleton<IRuntimeHost>(this)));

        Lazy<WorkerFactory<RuntimeApp>> Listening(Action<KestrelServerOptions> configure, Action<IServiceCollection>? configureServer = null) => new(() =>
        {
            var factory = new WorkerFactory<RuntimeApp>(bindingsAssembly, services => services.Configure(configure), configureServer);
            // Without a port: the factory would write it into the addresses of a server that its own thread may have started
            // by then, and the address of any free port is WorkerFactory's.
            factory.UseKestrel();
            factory.StartServer();
            return factory;
        });
    }

    public Uri AddressOf(RuntimeChannel channel)
    {
        IServer server = _sockets[channel].Value.Services.GetRequiredService<IServer>();
        return channel == RuntimeChannel.UnixSocket
            ? new Uri(Uri.UriSchemeFile + "://" + _unixSocket)
            : new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public bool Offers(RuntimeChannel channel) => true;

    // The server's own handler: the one of the factory's CreateClient follows redirects and keeps cookies, for which
    // it copies every body (36–50 % more at 100KB).
    public HttpMessageHandler CreateInMemoryHandler(RuntimeChannel channel) => channel == RuntimeChannel.InlineHttp
        ? WorkerFactory<RuntimeApp>.CreateInlineHandler(_inline.Value)
        : _inMemory.Value.Server.CreateHandler();

    public PipeConnection ConnectPipe(PipeScheduling scheduling) => _inMemory.Value.Services.GetRequiredService<PipeServer>().Connect(scheduling);

    public StreamRpcConnection ConnectStreamRpc() => _inMemory.Value.Services.GetRequiredService<StreamRpcServer>().Connect();

    public IRpcTransport ConnectCapnWeb() => _inMemory.Value.Services.GetRequiredService<CapnWebRuntime>().Connect();

    /// <summary>A method as the caller worker knows it.</summary>
    public IBinding Binding(string method) => _caller.Value.Services.GetRequiredService<BindingCatalog>().Find(method);

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

        foreach (Lazy<WorkerFactory<RuntimeApp>> runtime in _sockets.Values.Append(_inMemory).Append(_inline).Where(runtime => runtime.IsValueCreated))
        {
            yield return runtime.Value;
        }
    }
}
