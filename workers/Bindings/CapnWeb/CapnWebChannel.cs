using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.CapnWeb.Messages;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>
/// A pair of ends in memory that hand each other Cap'n Web messages, without a pipe. The runtime serves a connection until the
/// caller ends it.
/// </summary>
internal static class CapnWebChannel
{
    public static readonly Channel<IRpcTransport> Pair = new("capnweb");

    public static readonly ChannelServer Server = new ChannelServer<IRpcTransport>(
        Pair, runtime => runtime.GetRequiredService<CapnWebRuntime>().Connect());
}
