using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.CapnWeb.Messages;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>
/// Pairs of in-memory transports that pass Cap'n Web messages directly to the other end, without a pipe. The runtime serves a
/// connection until the caller closes it.
/// </summary>
internal static class CapnWebChannel
{
    public static readonly Channel<IRpcTransport> Pair = new("capnweb");

    public static readonly ChannelServer Server = new ChannelServer<IRpcTransport>(
        Pair, runtime => runtime.GetRequiredService<CapnWebRuntime>().Connect());
}
