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
    /// The settings of each connection's session. The session never disposes the main object. If no logger factory is set, the container's
    /// logger factory is used.
    /// </summary>
    public RpcSessionOptions Session { get; init; } = RpcSessionOptions.Default;

    /// <summary>The settings of WebSockets. The maximum message size comes from the limits in <see cref="Session"/>.</summary>
    public RpcWebSocketOptions WebSocket { get; init; } = new();

    /// <summary>
    /// A function that receives each session over a WebSocket before the peer's first message is read, for example to call the peer's main
    /// object. Batches do not call the function, because their client has no main object. The default is null: no function is called.
    /// </summary>
    public Action<HttpContext, RpcSession>? Connected { get; init; }

    /// <summary>
    /// Other origins whose pages may connect, such as <c>https://example.com</c>. Pages of the route's own origin may connect without an
    /// entry, if the application's <c>AllowedHosts</c> lists their host, or if the host is localhost or an address. Requests without an
    /// Origin header are also accepted, because they come from programs that are not browsers. To read a batch's answer, a page of another
    /// origin also needs CORS on the route.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Maximum length of a batch's body, in bytes. A longer body is refused with status 413, and none of its calls runs.</summary>
    public int MaxBodyBytes { get; init => field = RpcBatchOptions.BodyBounds.Check(value, nameof(MaxBodyBytes)); } = 8 << 20;

    /// <summary>
    /// The maximum time for the running calls of a WebSocket's session when the host stops. After that time they are aborted. The default
    /// is 5 s.
    /// </summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
