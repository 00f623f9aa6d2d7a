using Microsoft.AspNetCore.Http;

namespace WorkerRpc.CapnWeb.AspNetCore;

/// <summary>
/// Decides by the Origin header whether a request is served. A browser lets any page open a WebSocket to any server, and adds the user's
/// cookies. So the server has to refuse pages of other origins. A page cannot forge the header.
/// </summary>
internal static class OriginCheck
{
    public static bool IsAllowed(HttpRequest request, IReadOnlyList<string> allowed)
    {
        string? origin = request.Headers.Origin;
        return string.IsNullOrEmpty(origin)
            || IsOwn(origin, request)
            || allowed.Contains(RpcEndpointOptions.AnyOrigin)
            || allowed.Contains(origin, StringComparer.OrdinalIgnoreCase);
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
}
