using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace WorkerRpc.CapnWeb.AspNetCore;

/// <summary>
/// Decides by the Origin header whether a request is served. A browser lets any page open a WebSocket to any server, and adds the user's
/// cookies. So the server has to refuse pages of other origins. A page cannot forge the header.
/// </summary>
internal static class OriginCheck
{
    /// <param name="request">The request.</param>
    /// <param name="origins">The other origins whose pages may connect.</param>
    /// <param name="hosts">The entries of the application's AllowedHosts.</param>
    public static bool IsAllowed(HttpRequest request, IReadOnlyList<string> origins, IEnumerable<string> hosts)
    {
        string? origin = request.Headers.Origin;
        return string.IsNullOrEmpty(origin)
            || (IsOwn(origin, request) && IsOwnHost(request.Host, hosts))
            || origins.Contains(RpcEndpointOptions.AnyOrigin)
            || origins.Contains(origin, StringComparer.OrdinalIgnoreCase);
    }

    private static bool IsOwn(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? given)
        && Uri.TryCreate($"{request.Scheme}://{request.Host.Value}", UriKind.Absolute, out Uri? own)
        // With StrongPort, ports are compared even if an address leaves out the default port.
        && Uri.Compare(
            given,
            own,
            UriComponents.SchemeAndServer | UriComponents.StrongPort,
            UriFormat.SafeUnescaped,
            StringComparison.OrdinalIgnoreCase) == 0;

    // The Host header says what the browser believes. The owner of another name can let that name resolve to this server, after the browser
    // has loaded a page from it (DNS rebinding). So a name must be listed. An address and localhost need no name server.
    private static bool IsOwnHost(HostString host, IEnumerable<string> hosts) =>
        host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host.Host, out _)
        || HostString.MatchesAny(host.Host, [.. hosts.Where(each => each != "*").Select(each => new StringSegment(each))]);
}
