namespace WorkerRpc.Bindings;

/// <summary>A way from a caller to the runtime.</summary>
public enum RuntimeChannel
{
    /// <summary>HTTP requests handed over in memory, no socket.</summary>
    InMemoryHttp,

    /// <summary>HTTP/1.1 over a loopback socket.</summary>
    LoopbackHttp,
}

/// <summary>
/// What a caller worker knows of where the runtime is. A launch's host offers every channel; a caller worker that
/// runs alone has only the runtime's address. As on Cloudflare, the host decides what <c>env.RUNTIME</c> is.
/// </summary>
public interface IRuntimeHost
{
    /// <summary>Whether the runtime can be reached this way from here.</summary>
    bool Offers(RuntimeChannel channel);

    /// <summary>A new handler for <see cref="RuntimeChannel.InMemoryHttp"/>; the taker disposes it.</summary>
    HttpMessageHandler CreateInMemoryHandler();

    /// <summary>The runtime's address for <see cref="RuntimeChannel.LoopbackHttp"/>.</summary>
    Uri LoopbackAddress { get; }
}
