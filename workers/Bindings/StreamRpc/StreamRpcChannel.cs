using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Bindings.StreamRpc;

/// <summary>
/// The channel over pairs of in-memory pipes for StreamJsonRpc. The runtime serves a connection until the caller closes it.
/// </summary>
internal static class StreamRpcChannel
{
    public static readonly Channel<StreamRpcConnection> Pair = new("stream-json-rpc");

    public static readonly ChannelServer Server = new ChannelServer<StreamRpcConnection>(
        Pair, runtime => runtime.GetRequiredService<StreamRpcServer>().Connect());
}
