using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Wire;

/// <summary>
/// Like <see cref="JsonWire"/>, but with other serializer options or with other escaping. Each of the two can read the JSON of
/// the other. An instance has only one JSON writer, so only one caller can use it at a time.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The writer owns no resources: it writes into its callers' buffers.")]
internal sealed class JsonVariantWire : WireFormat
{
    private static readonly JsonSerializerOptions s_reflection = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    private readonly JsonSerializerOptions _options;
    private readonly JsonTypeInfo<ExecuteRequest> _request;
    private readonly Utf8JsonWriter _writer;

    private JsonVariantWire(JsonSerializerOptions options, JavaScriptEncoder? encoder)
    {
        _options = options;
        _request = (JsonTypeInfo<ExecuteRequest>)options.GetTypeInfo(typeof(ExecuteRequest));
        // The writer gets the encoder, because the serializer ignores the encoder of its options when it has a writer.
        _writer = new Utf8JsonWriter(Stream.Null, new JsonWriterOptions { Encoder = encoder });
    }

    public override string ContentType => JsonWire.Shared.ContentType;

    /// <summary>Creates an encoding that serializes by reflection, with the settings of <see cref="WireJson"/>.</summary>
    public static JsonVariantWire ByReflection() => new(s_reflection, encoder: null);

    /// <summary>
    /// Creates an encoding by <see cref="WireJson"/> that does not escape non-ASCII text. An escape needs 6 bytes per
    /// character.
    /// </summary>
    public static JsonVariantWire Relaxed() => new(WireJson.Default.Options, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);

    public override void WriteRequest(ByteBuffer body, ExecuteRequest request) =>
        JsonSerializer.Serialize(WriterTo(body), request, _request);

    public override ExecuteRequest ReadRequest(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, _request) ?? throw NoRequest("it is JSON null.");
        }
        catch (JsonException e)
        {
            throw NoRequest(e.Message, e);
        }
    }

    public override void WriteResponse(ByteBuffer body, ExecuteResponse response, Function function) =>
        JsonSerializer.Serialize(WriterTo(body), response, _options.GetTypeInfo(function.ResponseType));

    public override ExecuteResponse ReadResponse(ReadOnlyMemory<byte> body, Function function)
    {
        try
        {
            return (ExecuteResponse?)JsonSerializer.Deserialize(body.Span, _options.GetTypeInfo(function.ResponseType))
                ?? throw NoResponse(function, "it is JSON null.");
        }
        catch (JsonException e)
        {
            throw NoResponse(function, e.Message, e);
        }
    }

    private Utf8JsonWriter WriterTo(ByteBuffer body)
    {
        _writer.Reset(body);
        return _writer;
    }
}
