using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Fetch;

/// <summary>The runtime's <c>POST /execute</c> endpoint, used by all bindings that send HTTP requests.</summary>
public sealed class ExecuteEndpoint : IServerHalf
{
    /// <summary>The endpoint instance that all HTTP bindings share.</summary>
    public static readonly ExecuteEndpoint Shared = new();

    /// <summary>The endpoint's path on the runtime.</summary>
    public const string Path = "/execute";

    /// <summary>The name of the setting that limits a request's body.</summary>
    public const string MaxBodySetting = "MAX_BODY_BYTES";

    /// <summary>
    /// The valid range of the body limit. The endpoint itself checks bodies, because an in-memory server has no body limit.
    /// </summary>
    public static readonly Bounds<int> MaxBodyBounds = new(1024, 1 << 30, "bytes");

    internal const int DefaultMaxBodyBytes = 4 << 20;

    private ExecuteEndpoint()
    {
    }

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder endpoints) => endpoints.MapPost(Path, CreateHandler(endpoints));

    /// <summary>Creates the handler of this endpoint, for another endpoint that runs middleware before it.</summary>
    /// <exception cref="UnusableInputException">The configured body limit is invalid.</exception>
    internal static RequestDelegate CreateHandler(IEndpointRouteBuilder endpoints)
    {
        int maxBodyBytes = MaxBodyBytes(endpoints.ServiceProvider.GetRequiredService<IConfiguration>());
        return context => ExecuteAsync(context, maxBodyBytes);
    }

    /// <summary>Returns the configured body limit, in bytes.</summary>
    /// <exception cref="UnusableInputException">The configured body limit is invalid.</exception>
    internal static int MaxBodyBytes(IConfiguration configuration) =>
        configuration[MaxBodySetting] is { } value ? MaxBodyBounds.Parse(value, MaxBodySetting) : DefaultMaxBodyBytes;

    private static async Task ExecuteAsync(HttpContext context, int maxBodyBytes)
    {
        using ByteBuffer body = ByteBuffer.Rent();
        try
        {
            WireFormat format = FormatOf(context.Request.ContentType);
            await BodyReader.ReadAsync(context.Request.Body, context.Request.ContentLength, maxBodyBytes, body, context.RequestAborted);
            ExecuteRequest request = format.ReadRequest(body.Written);
            body.Clear();

            Function function = FunctionList.Find(request.FunctionId);
            ExecuteResponse response = await function.ExecuteAsync(request.Payload, context.RequestAborted);

            format.WriteResponse(body, response, function);
            context.Response.ContentType = format.ContentType;
            context.Response.ContentLength = body.Written.Length;
            await context.Response.Body.WriteAsync(body.Written, context.RequestAborted);
        }
        catch (Exception e) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            await Problems.WriteAsync(context, e);
        }
    }

    private static WireFormat FormatOf(string? contentType)
    {
        foreach (WireFormat format in WireFormat.All)
        {
            if (contentType is not null && contentType.StartsWith(format.ContentType, StringComparison.OrdinalIgnoreCase)
                && (contentType.Length == format.ContentType.Length || contentType[format.ContentType.Length] == ';'))
            {
                return format;
            }
        }

        throw new UnsupportedContentTypeException(contentType);
    }
}

/// <summary>Thrown when a request has a content type that the endpoint cannot decode.</summary>
internal sealed class UnsupportedContentTypeException(string? contentType) : Exception(
    $"Content type {(contentType is null ? "missing" : $"'{contentType}'")}. "
    + $"Accepted: {string.Join(", ", WireFormat.All.Select(format => format.ContentType))}.");
