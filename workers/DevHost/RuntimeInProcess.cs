using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.TestHost;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.CallerWorker;
using WorkerRpc.Functions;
using WorkerRpc.RuntimeWorker;

namespace WorkerRpc.DevHost;

/// <summary>
/// The runtime worker in the caller worker's process: once without a socket, for calls in memory, and once with a port.
/// </summary>
internal sealed class RuntimeInProcess : IRuntimeHost, IHostedService, IAsyncDisposable
{
    private readonly Uri _address;
    private readonly WebApplication _inMemory;
    private readonly WebApplication _listening;

    /// <param name="args">The settings of both workers. <c>--urls</c> is the caller worker's alone.</param>
    /// <exception cref="UnusableInputException">A setting is invalid.</exception>
    public RuntimeInProcess(string[] args)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
        _address = RemoteRuntimeHost.AddressOf(configuration);
        // The last value of a switch is used.
        string[] ownArgs = [.. args, $"--urls={_address.GetLeftPart(UriPartial.Authority)}"];
        _inMemory = RuntimeApp.Build(ownArgs, builder => builder.WebHost.UseTestServer());
        _listening = RuntimeApp.Build(ownArgs);
    }

    public bool Offers(Channel channel) => channel == HttpChannels.InMemory || channel == HttpChannels.Loopback;

    public TConnection Open<TConnection>(Channel<TConnection> channel)
        where TConnection : class =>
        (TConnection)(object)(channel == HttpChannels.InMemory ? _inMemory.GetTestServer().CreateHandler()
            : channel == HttpChannels.Loopback ? KestrelAddress.Of(_listening.Services)
            : throw UnusableInputException.Unknown("channel", channel.Id, [HttpChannels.InMemory.Id, HttpChannels.Loopback.Id]));

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _inMemory.StartAsync(cancellationToken);
        try
        {
            await _listening.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new UnusableInputException(
                $"The runtime cannot listen on {_address}: {e.Message} Choose another with {RemoteRuntimeHost.AddressSetting}.", e);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _listening.StopAsync(cancellationToken);
        await _inMemory.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _listening.DisposeAsync();
        await _inMemory.DisposeAsync();
    }
}
