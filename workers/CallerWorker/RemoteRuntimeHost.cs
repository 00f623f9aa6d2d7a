using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Functions;

namespace WorkerRpc.CallerWorker;

/// <summary>The host of a caller worker in its own process. It connects to the runtime at a configured address.</summary>
internal sealed class RemoteRuntimeHost : IRuntimeHost
{
    private const string AddressSetting = "RUNTIME_URL";
    private const string DefaultAddress = "http://127.0.0.1:8788";

    private readonly Uri _address;

    /// <exception cref="UnusableInputException">The configured address is not an absolute HTTP address.</exception>
    public RemoteRuntimeHost(IConfiguration configuration)
    {
        string value = configuration[AddressSetting] ?? DefaultAddress;
        _address = Uri.TryCreate(value, UriKind.Absolute, out Uri? address) && address.Scheme == Uri.UriSchemeHttp
            ? address
            : throw new UnusableInputException($"{AddressSetting} '{value}': expected an address like {DefaultAddress}.");
    }

    public bool Offers(Channel channel) => channel == HttpChannels.Loopback;

    public TConnection Open<TConnection>(Channel<TConnection> channel)
        where TConnection : class => Offers(channel)
            ? (TConnection)(object)_address
            : throw UnusableInputException.Unknown("channel", channel.Id, [HttpChannels.Loopback.Id]);
}
