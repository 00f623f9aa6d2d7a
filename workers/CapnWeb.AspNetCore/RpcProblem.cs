using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace WorkerRpc.CapnWeb.AspNetCore;

/// <summary>Refuses a request with problem details (RFC 9457).</summary>
internal static class RpcProblem
{
    /// <param name="context">The request.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="detail">A text that says what is wrong and what is accepted.</param>
    /// <param name="extend">A function that adds members to the JSON object. If it is null, no members are added.</param>
    public static async Task WriteAsync(HttpContext context, int status, string detail, Action<Utf8JsonWriter>? extend = null)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        await using (writer.ConfigureAwait(false))
        {
            writer.WriteStartObject();
            writer.WriteString("title", ReasonPhrases.GetReasonPhrase(status));
            writer.WriteNumber("status", status);
            writer.WriteString("detail", detail);
            extend?.Invoke(writer);
            writer.WriteEndObject();
        }
    }
}
