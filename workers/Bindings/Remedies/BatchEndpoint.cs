using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Remedies;

/// <summary>
/// The runtime's endpoint <c>POST /execute-batch</c>. It receives a JSON array of requests, runs them one after another and
/// answers with an array of responses in the same order. If a request fails, its error is the answer to the whole batch.
/// </summary>
internal sealed class BatchEndpoint : IServerHalf
{
    public static readonly BatchEndpoint Shared = new();

    public const string Path = "/execute-batch";

    private BatchEndpoint()
    {
    }

    public void Map(IEndpointRouteBuilder endpoints)
    {
        int maxBodyBytes = ExecuteEndpoint.MaxBodyBytes(endpoints.ServiceProvider.GetRequiredService<IConfiguration>());
        endpoints.MapPost(Path, (RequestDelegate)(context => ExecuteAsync(context, maxBodyBytes)));
    }

    private static async Task ExecuteAsync(HttpContext context, int maxBodyBytes)
    {
        using ByteBuffer body = ByteBuffer.Rent();
        try
        {
            await BodyReader.ReadAsync(context.Request.Body, context.Request.ContentLength, maxBodyBytes, body, context.RequestAborted);
            ExecuteRequest?[] requests = Read(body.Written);
            body.Clear();

            Utf8JsonWriter json = body.Writer;
            json.WriteStartArray();
            foreach (ExecuteRequest? request in requests)
            {
                Function function = FunctionList.Find((request ?? throw NoRequests("one of them is JSON null.")).FunctionId);
                ExecuteResponse response = await function.ExecuteAsync(request.Payload, context.RequestAborted);
                JsonSerializer.Serialize(json, response, WireJson.Default.GetTypeInfo(function.ResponseType)!);
            }

            json.WriteEndArray();
            json.Flush();
            context.Response.ContentType = JsonWire.Shared.ContentType;
            context.Response.ContentLength = body.Written.Length;
            await context.Response.Body.WriteAsync(body.Written, context.RequestAborted);
        }
        catch (Exception e) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            await Problems.WriteAsync(context, e);
        }
    }

    private static ExecuteRequest?[] Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, WireJson.Default.ExecuteRequestArray) ?? throw NoRequests("it is JSON null.");
        }
        catch (JsonException e)
        {
            throw NoRequests(e.Message, e);
        }
    }

    private static UnusableInputException NoRequests(string why, Exception? inner = null) =>
        new($"The body is no array of requests {{ functionId, payload, timestamp }}: {why}", inner);
}
