using Microsoft.AspNetCore.Http;
using WorkerRpc.Bindings.Wire;

namespace WorkerRpc.Bindings.Hosting;

/// <summary>Answers <c>GET /health</c> in both workers.</summary>
public static class Health
{
    /// <summary>Writes the worker's name and that it runs.</summary>
    /// <param name="context">The request to answer.</param>
    /// <param name="worker">The worker's name; must not need JSON escaping.</param>
    public static Task WriteAsync(HttpContext context, string worker)
    {
        context.Response.ContentType = JsonWire.Shared.ContentType;
        return context.Response.WriteAsync($$"""{"status":"ok","worker":"{{worker}}"}""", context.RequestAborted);
    }
}
