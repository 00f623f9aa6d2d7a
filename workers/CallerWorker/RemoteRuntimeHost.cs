using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Bindings.StreamRpc;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.Functions;

namespace WorkerRpc.CallerWorker;

/// <summary>The runtime of a caller worker that runs alone: another process, known by its address.</summary>
internal sealed class RemoteRuntimeHost : IRuntimeHost
{
    private const string AddressSetting = "RUNTIME_URL";
    private const string DefaultAddress = "http://127.0.0.1:8788";

    private readonly Uri _address;

    /// <exception cref="UnusableInputException">The address cannot be used.</exception>
    public RemoteRuntimeHost(IConfiguration configuration)
    {
        string given = configuration[AddressSetting] ?? DefaultAddress;
        _address = Uri.TryCreate(given, UriKind.Absolute, out Uri? address) && address.Scheme == Uri.UriSchemeHttp
            ? address
            : throw new UnusableInputException($"{AddressSetting} '{given}': expected an address like {DefaultAddress}.");
    }

    public bool Offers(RuntimeChannel channel) => channel == RuntimeChannel.LoopbackHttp;

    public Uri AddressOf(RuntimeChannel channel) => channel == RuntimeChannel.LoopbackHttp ? _address : throw NotOffered(channel);

    public HttpMessageHandler CreateInMemoryHandler(RuntimeChannel channel) => throw NotOffered(channel);

    public PipeConnection ConnectPipe(PipeScheduling scheduling) => throw NotOffered(RuntimeChannel.DuplexPipe);

    public StreamRpcConnection ConnectStreamRpc() => throw NotOffered(RuntimeChannel.DuplexPipe);

    public IRpcTransport ConnectCapnWeb() => throw NotOffered(RuntimeChannel.MemoryPair);

    private static InvalidOperationException NotOffered(RuntimeChannel channel) => new($"A runtime in another process is not reached by {channel}.");
}
