using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Bindings.Pipe;

/// <summary>The channels over pairs of in-memory pipes. The runtime serves a connection until the caller closes it.</summary>
internal static class PipeChannels
{
    /// <summary>The channel whose readers continue on the thread of the writer at the other end.</summary>
    public static readonly Channel<PipeConnection> Inline = new("pipe");

    /// <summary>The channel whose readers continue on the thread pool.</summary>
    public static readonly Channel<PipeConnection> ThreadPool = new("pipe-thread-pool");

    public static readonly IReadOnlyList<ChannelServer> Servers =
    [
        ServerOf(Inline, PipeScheduling.Inline),
        ServerOf(ThreadPool, PipeScheduling.ThreadPool),
    ];

    private static ChannelServer<PipeConnection> ServerOf(Channel<PipeConnection> channel, PipeScheduling scheduling) =>
        new(channel, runtime => runtime.GetRequiredService<PipeServer>().Connect(scheduling));
}
