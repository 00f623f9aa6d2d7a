using Microsoft.AspNetCore.Http;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Transports;

namespace WorkerRpc.CapnWeb.AspNetCore;

/// <summary>The settings of a route that serves sessions.</summary>
public sealed record RpcEndpointOptions
{
    /// <summary>Among <see cref="AllowedOrigins"/>: pages of every origin.</summary>
    public const string AnyOrigin = "*";

    /// <summary>
    /// The settings of each connection's session. The main object is left to whom it belongs to, and a logger factory that is
    /// not set is the container's.
    /// </summary>
    public RpcSessionOptions Session { get; init; } = RpcSessionOptions.Default;

    /// <summary>The settings of WebSockets; the longest message is that of <see cref="Session"/>'s limits.</summary>
    public RpcWebSocketOptions WebSocket { get; init; } = new();

    /// <summary>
    /// Hears of each session over a WebSocket when it has started: to call the peer's main object, or to watch the tables. Its
    /// peer's first calls may have come before. A batch has nobody to call. Null: nobody hears.
    /// </summary>
    public Action<HttpContext, RpcSession>? Connected { get; init; }

    /// <summary>
    /// The origins, like <c>https://example.com</c>, whose pages may connect besides those of the route's own. A request
    /// without an Origin header comes from no browser, and is let in. A page of another origin that is to read a batch's
    /// answer needs CORS on the route too.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>The longest body of a batch, in bytes. Beyond: 413, and none of it is run.</summary>
    public int MaxBodyBytes { get; init => field = RpcBatchOptions.BodyBounds.Check(value, nameof(MaxBodyBytes)); } = 32 << 20;

    /// <summary>How long a session over a WebSocket may take, when the host stops, to end the calls that it has begun; default 5 s.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
