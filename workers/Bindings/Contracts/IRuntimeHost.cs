using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Bindings.Remedies;
using WorkerRpc.Bindings.StreamRpc;
using WorkerRpc.CapnWeb.Transports;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>A way from a caller to the runtime.</summary>
public enum RuntimeChannel
{
    /// <summary>HTTP requests handed over in memory by ASP.NET Core's TestServer, no socket.</summary>
    InMemoryHttp,

    /// <summary>HTTP requests handed over in memory by a server of this project's, on the caller's own thread.</summary>
    InlineHttp,

    /// <summary>HTTP/1.1 over a loopback socket.</summary>
    LoopbackHttp,

    /// <summary>As <see cref="LoopbackHttp"/>, to a server that has <see cref="LargeBlocks"/>.</summary>
    LoopbackHttpLargeBlocks,

    /// <summary>HTTP/2 without TLS over a loopback socket.</summary>
    LoopbackHttp2,

    /// <summary>HTTP/1.1 over a Unix domain socket.</summary>
    UnixSocket,

    /// <summary>A pair of pipes in memory.</summary>
    DuplexPipe,

    /// <summary>A pair of ends in memory that hand each other messages, no pipe.</summary>
    MemoryPair,
}

/// <summary>
/// What a caller worker knows of where the runtime is. A launch's host offers every channel; a caller worker that
/// runs alone has only the runtime's address. As on Cloudflare, the host decides what <c>env.RUNTIME</c> is.
/// </summary>
public interface IRuntimeHost
{
    /// <summary>Whether the runtime can be reached this way from here. The other members are for channels that are offered.</summary>
    bool Offers(RuntimeChannel channel);

    /// <summary>A new handler for a channel that hands HTTP over in memory; the taker disposes it.</summary>
    HttpMessageHandler CreateInMemoryHandler(RuntimeChannel channel);

    /// <summary>The runtime's address for a channel that is a socket; <c>unix:///path</c> for a Unix domain socket.</summary>
    Uri AddressOf(RuntimeChannel channel);

    /// <summary>A new connection by <see cref="RuntimeChannel.DuplexPipe"/>, which the runtime serves until the taker completes it.</summary>
    /// <param name="scheduling">Where each end goes on when the other has written.</param>
    PipeConnection ConnectPipe(PipeScheduling scheduling);

    /// <summary>A new connection by <see cref="RuntimeChannel.DuplexPipe"/> that speaks StreamJsonRpc, which the runtime serves until the taker ends it.</summary>
    StreamRpcConnection ConnectStreamRpc();

    /// <summary>A new connection by <see cref="RuntimeChannel.MemoryPair"/> that speaks Cap'n Web, which the runtime serves until the taker ends it.</summary>
    IRpcTransport ConnectCapnWeb();
}
