using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Remedies;

/// <summary>Encodes a batch at the caller and decodes its answer. The batch is a JSON array with several copies of one request.</summary>
internal sealed class BatchFormat(int calls) : CallerFormat
{
    public override string ContentType => JsonWire.Shared.ContentType;

    public override void WriteRequest(ByteBuffer body, ExecuteRequest request)
    {
        Utf8JsonWriter json = body.Writer;
        json.WriteStartArray();
        for (int call = 0; call < calls; call++)
        {
            JsonSerializer.Serialize(json, request, WireJson.Default.ExecuteRequest);
        }

        json.WriteEndArray();
        json.Flush();
    }

    /// <summary>Decodes all responses. Returns the last response, with the sum of the execution times of all responses.</summary>
    public override ExecuteResponse ReadResponse(ReadOnlyMemory<byte> body, Function function)
    {
        ExecuteResponse?[] responses = ReadAll(body, function);
        if (responses.Length != calls)
        {
            throw NoResponse(function, FormattableString.Invariant($"there are {responses.Length} in answer to {calls} requests."));
        }

        double executionTimeMs = 0;
        foreach (ExecuteResponse? response in responses)
        {
            executionTimeMs += (response ?? throw NoResponse(function, "it is JSON null.")).ExecutionTimeMs;
        }

        return responses[^1]! with { ExecutionTimeMs = executionTimeMs };
    }

    private static ExecuteResponse?[] ReadAll(ReadOnlyMemory<byte> body, Function function)
    {
        try
        {
            JsonTypeInfo type = WireJson.Default.GetTypeInfo(function.ResponseType.MakeArrayType())!;
            return (ExecuteResponse?[]?)JsonSerializer.Deserialize(body.Span, type)
                ?? throw NoResponse(function, "it is JSON null.");
        }
        catch (JsonException e)
        {
            throw NoResponse(function, e.Message, e);
        }
    }
}
