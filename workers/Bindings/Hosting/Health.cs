using Microsoft.AspNetCore.Http;
using WorkerRpc.Bindings.Wire;

namespace WorkerRpc.Bindings.Hosting;

/// <summary>The answer to <c>GET /health</c> of either worker.</summary>
public static class Health
{
    /// <summary>Says that the worker is there, and which one it is.</summary>
    /// <param name="context">The request to answer.</param>
    /// <param name="worker">A plain word, written as it is.</param>
    public static Task WriteAsync(HttpContext context, string worker)
    {
        context.Response.ContentType = JsonWire.Shared.ContentType;
        return context.Response.WriteAsync($$"""{"status":"ok","worker":"{{worker}}"}""", context.RequestAborted);
    }
}
