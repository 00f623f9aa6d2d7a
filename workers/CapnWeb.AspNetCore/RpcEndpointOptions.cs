using Microsoft.AspNetCore.Http;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Transports;

namespace WorkerRpc.CapnWeb.AspNetCore;

/// <summary>The settings of a route that serves sessions.</summary>
public sealed record RpcEndpointOptions
{
    /// <summary>An entry of <see cref="AllowedOrigins"/> that allows pages of every origin.</summary>
    public const string AnyOrigin = "*";

    /// <summary>
    /// The settings of each connection's session. The session never disposes the main object. If the logger factory is not set, the
    /// container's is used.
    /// </summary>
    public RpcSessionOptions Session { get; init; } = RpcSessionOptions.Default;

    /// <summary>The settings of WebSockets. The maximum message size comes from the limits in <see cref="Session"/>.</summary>
    public RpcWebSocketOptions WebSocket { get; init; } = new();

    /// <summary>
    /// A function that gets each started session over a WebSocket, for example to call the peer's main object. The peer's first calls
    /// may already have run. A batch does not call it, because its client has no main object. Null: none.
    /// </summary>
    public Action<HttpContext, RpcSession>? Connected { get; init; }

    /// <summary>
    /// Other origins whose pages may connect, such as <c>https://example.com</c>. Pages of the route's own origin always may. Requests
    /// without an Origin header may too: browsers send one, so other programs made them. To read a batch's answer, a page of another
    /// origin also needs CORS on the route.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Maximum length of a batch's body, in bytes. A longer one is refused with status 413 and no call runs.</summary>
    public int MaxBodyBytes { get; init => field = RpcBatchOptions.BodyBounds.Check(value, nameof(MaxBodyBytes)); } = 32 << 20;

    /// <summary>Time for the running calls of a WebSocket's session when the host stops. Then they are aborted. Default 5 s.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
