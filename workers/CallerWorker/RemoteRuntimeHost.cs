using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.CallerWorker;

/// <summary>The host of a caller worker in its own process. It connects to the runtime at a configured address.</summary>
public sealed class RemoteRuntimeHost : IRuntimeHost
{
    /// <summary>The name of the setting with the runtime's address.</summary>
    public const string AddressSetting = "RUNTIME_URL";

    private const string DefaultAddress = "http://127.0.0.1:8788";

    private readonly Uri _address;

    /// <exception cref="UnusableInputException">The configured address is not an absolute HTTP address.</exception>
    internal RemoteRuntimeHost(IConfiguration configuration) => _address = AddressOf(configuration);

    /// <summary>Returns the runtime's address from a configuration, or the default address.</summary>
    /// <exception cref="UnusableInputException">The configured address is not an absolute HTTP address.</exception>
    public static Uri AddressOf(IConfiguration configuration)
    {
        string value = configuration[AddressSetting] ?? DefaultAddress;
        return Uri.TryCreate(value, UriKind.Absolute, out Uri? address) && address.Scheme == Uri.UriSchemeHttp
            ? address
            : throw new UnusableInputException($"{AddressSetting} '{value}': expected an address like {DefaultAddress}.");
    }

    /// <inheritdoc/>
    public bool Offers(Channel channel) => channel == HttpChannels.Loopback;

    /// <inheritdoc/>
    public TConnection Open<TConnection>(Channel<TConnection> channel)
        where TConnection : class => Offers(channel)
            ? (TConnection)(object)_address
            : throw UnusableInputException.Unknown("channel", channel.Id, [HttpChannels.Loopback.Id]);
}
