using System.Text.Json;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Wire;

/// <summary>Encodes messages as JSON with the source-generated <see cref="WireJson"/>.</summary>
internal sealed class JsonWire : WireFormat
{
    public static readonly JsonWire Shared = new();

    private JsonWire()
    {
    }

    public override string ContentType => "application/json";

    public override void WriteRequest(ByteBuffer body, ExecuteRequest request) =>
        JsonSerializer.Serialize(body.Writer, request, WireJson.Default.ExecuteRequest);

    public override ExecuteRequest ReadRequest(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, WireJson.Default.ExecuteRequest) ?? throw NoRequest("it is JSON null.");
        }
        catch (JsonException e)
        {
            throw NoRequest(e.Message, e);
        }
    }

    public override void WriteResponse(ByteBuffer body, ExecuteResponse response, Function function) =>
        JsonSerializer.Serialize(body.Writer, response, WireJson.Default.GetTypeInfo(function.ResponseType)!);

    public override ExecuteResponse ReadResponse(ReadOnlyMemory<byte> body, Function function)
    {
        try
        {
            return (ExecuteResponse?)JsonSerializer.Deserialize(body.Span, WireJson.Default.GetTypeInfo(function.ResponseType)!)
                ?? throw NoResponse(function, "it is JSON null.");
        }
        catch (JsonException e)
        {
            throw NoResponse(function, e.Message, e);
        }
    }
}
