using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using WorkerRpc.CapnWeb.Transports;

namespace WorkerRpc.CapnWeb.AspNetCore;

/// <summary>
/// Inserts a <see cref="WatchedStream"/> between a server's WebSocket and its connection. ASP.NET Core gets the connection from these two
/// features of the request: one for HTTP/1.1 and one for HTTP/2.
/// </summary>
internal sealed class WatchedUpgrade : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    private readonly HttpContext _context;
    private readonly RpcWebSocketOptions _options;
    private readonly IHttpUpgradeFeature? _upgrade;
    private readonly IHttpExtendedConnectFeature? _connect;

    private WatchedUpgrade(HttpContext context, RpcWebSocketOptions options)
    {
        (_context, _options) = (context, options);
        _upgrade = context.Features.Get<IHttpUpgradeFeature>();
        _connect = context.Features.Get<IHttpExtendedConnectFeature>();
    }

    /// <summary>The connection. It is null until the WebSocket is accepted.</summary>
    public WatchedStream? Stream { get; private set; }

    public bool IsUpgradableRequest => _upgrade is { IsUpgradableRequest: true };

    [MemberNotNullWhen(true, nameof(Protocol))]
    public bool IsExtendedConnect => _connect is { IsExtendedConnect: true };

    public string? Protocol => _connect?.Protocol;

    /// <summary>Replaces the server's features, if the request can become a WebSocket.</summary>
    /// <returns>True if the features were replaced.</returns>
    public static bool TryAdd(HttpContext context, RpcWebSocketOptions options)
    {
        var upgrade = new WatchedUpgrade(context, options);
        if (!upgrade.IsUpgradableRequest && !upgrade.IsExtendedConnect)
        {
            return false;
        }

        context.Features.Set(upgrade);
        context.Features.Set<IHttpUpgradeFeature>(upgrade);
        context.Features.Set<IHttpExtendedConnectFeature>(upgrade);
        // WebSocket middleware that ran before the route has set this feature. It would use the server's upgrade feature, not ours.
        context.Features.Set<IHttpWebSocketFeature>(null);
        return true;
    }

    public async Task<Stream> UpgradeAsync()
    {
        // Kestrel would cut a peer that pauses for some seconds while its buffers are full. The watch decides about dead peers instead.
        if (_context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        Stream stream = await _upgrade!.UpgradeAsync().ConfigureAwait(false);
        PipeReader? pipe = _context.Features.Get<IConnectionTransportFeature>()?.Transport.Input;
        return Stream = new WatchedStream(stream, _options.CreateWatch(), pipe);
    }

    // The stream gets no pipe, because over HTTP/2 the connection's pipe carries the bytes of all streams.
    public async ValueTask<Stream> AcceptAsync() =>
        Stream = new WatchedStream(await _connect!.AcceptAsync().ConfigureAwait(false), _options.CreateWatch());
}
