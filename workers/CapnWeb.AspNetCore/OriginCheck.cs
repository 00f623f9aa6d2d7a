using Microsoft.AspNetCore.Http;

namespace WorkerRpc.CapnWeb.AspNetCore;

/// <summary>
/// Which pages' requests are served. A browser lets every page open WebSockets to every server, and sends the user's cookies
/// along: only the server can tell whose they are, by the Origin header, which a page cannot forge.
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
        // With the ports that go without saying.
        && Uri.Compare(given, own, UriComponents.SchemeAndServer | UriComponents.StrongPort, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
