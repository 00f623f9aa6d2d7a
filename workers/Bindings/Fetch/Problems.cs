using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Fetch;

/// <summary>Maps exceptions to HTTP statuses and writes exceptions as problem details (RFC 9457). Both workers use this class.</summary>
public static class Problems
{
    private const string ContentType = "application/problem+json";

    /// <summary>Writes <paramref name="error"/> as the response to a request.</summary>
    public static Task WriteAsync(HttpContext context, Exception error)
    {
        int status = StatusOf(error);
        if (status == StatusCodes.Status500InternalServerError)
        {
            ILogger logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Problems));
            LogUnexpected(logger, context.Request.Path, error);
        }

        return WriteAsync(context, status, error.Message);
    }

    /// <summary>Writes problem details with a status as the response to a request.</summary>
    public static Task WriteAsync(HttpContext context, int status, string detail)
    {
        context.Response.StatusCode = status;
        var problem = new ProblemDetails { Status = status, Title = ReasonPhrases.GetReasonPhrase(status), Detail = detail };
        return context.Response.WriteAsJsonAsync(problem, ProblemJson.Default.ProblemDetails, ContentType, context.RequestAborted);
    }

    /// <summary>
    /// Answers a request that matches no endpoint: with status 405 if the path exists for another HTTP method, otherwise with
    /// 404.
    /// </summary>
    public static Task WriteUnroutedAsync(HttpContext context)
    {
        PathString path = context.Request.Path;
        string[] allowed =
        [
            .. context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                .Where(endpoint => string.Equals(
                    path.Value?.TrimEnd('/'), endpoint.RoutePattern.RawText, StringComparison.OrdinalIgnoreCase))
                .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []),
        ];
        if (allowed.Length == 0)
        {
            return WriteAsync(context, StatusCodes.Status404NotFound, $"Nothing answers {path}.");
        }

        context.Response.Headers.Allow = string.Join(", ", allowed);
        return WriteAsync(
            context,
            StatusCodes.Status405MethodNotAllowed,
            $"{path} does not take {context.Request.Method}. Accepted: {string.Join(", ", allowed)}.");
    }

    internal static readonly Action<ILogger, string, Exception> LogUnexpected =
        LoggerMessage.Define<string>(LogLevel.Error, new EventId(1, "UnexpectedError"), "{What} failed");

    /// <summary>Returns the HTTP status for an exception.</summary>
    internal static int StatusOf(Exception error) => error switch
    {
        UnknownFunctionException => StatusCodes.Status404NotFound,
        UnusableInputException or BadHttpRequestException or InvalidDataException => StatusCodes.Status400BadRequest,
        BodyTooLargeException => StatusCodes.Status413PayloadTooLarge,
        UnsupportedContentTypeException => StatusCodes.Status415UnsupportedMediaType,
        RuntimeErrorException or RuntimeUnreachableException => StatusCodes.Status502BadGateway,
        TimeoutException => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProblemDetails))]
internal sealed partial class ProblemJson : JsonSerializerContext;
