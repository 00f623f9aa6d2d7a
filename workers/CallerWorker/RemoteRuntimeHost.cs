using WorkerRpc.Bindings;
using WorkerRpc.Functions;

namespace WorkerRpc.CallerWorker;

/// <summary>The runtime of a caller worker that runs alone: another process, known by its address.</summary>
internal sealed class RemoteRuntimeHost : IRuntimeHost
{
    private const string AddressSetting = "RUNTIME_URL";
    private const string DefaultAddress = "http://127.0.0.1:8788";

    /// <exception cref="UnusableInputException">The address cannot be used.</exception>
    public RemoteRuntimeHost(IConfiguration configuration)
    {
        string given = configuration[AddressSetting] ?? DefaultAddress;
        LoopbackAddress = Uri.TryCreate(given, UriKind.Absolute, out Uri? address) && address.Scheme == Uri.UriSchemeHttp
            ? address
            : throw new UnusableInputException($"{AddressSetting} '{given}': expected an address like {DefaultAddress}.");
    }

    public Uri LoopbackAddress { get; }

    public bool Offers(RuntimeChannel channel) => channel == RuntimeChannel.LoopbackHttp;

    public HttpMessageHandler CreateInMemoryHandler() =>
        throw new InvalidOperationException("A runtime in another process has no in-memory handler.");
}
