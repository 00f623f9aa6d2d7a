using System.Text.Json;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Http;

/// <summary>The JSON form of a request and a response in an HTTP body.</summary>
internal static class JsonBody
{
    public const string ContentType = "application/json";

    public static void WriteRequest(Utf8Buffer body, ExecuteRequest request) =>
        JsonSerializer.Serialize(body.Writer, request, WireJson.Default.ExecuteRequest);

    public static ExecuteRequest ReadRequest(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, WireJson.Default.ExecuteRequest)
                ?? throw new UnusableInputException("The body is JSON null: expected { functionId, payload, timestamp }.");
        }
        catch (JsonException e)
        {
            throw new UnusableInputException($"The body is no JSON request {{ functionId, payload, timestamp }}: {e.Message}", e);
        }
    }

    public static void WriteResponse(Utf8Buffer body, ExecuteResponse response, Function function) =>
        JsonSerializer.Serialize(body.Writer, response, WireJson.Default.GetTypeInfo(function.ResponseType)!);

    public static ExecuteResponse ReadResponse(ReadOnlySpan<byte> body, Function function)
    {
        try
        {
            return (ExecuteResponse?)JsonSerializer.Deserialize(body, WireJson.Default.GetTypeInfo(function.ResponseType)!)
                ?? throw new RuntimeUnreachableException("The runtime answered JSON null.");
        }
        catch (JsonException e)
        {
            throw new RuntimeUnreachableException($"The runtime's answer is no response of '{function.Id}': {e.Message}", e);
        }
    }
}
