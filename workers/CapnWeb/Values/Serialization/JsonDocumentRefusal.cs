using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>Refuses types such as JsonDocument, because the peer would interpret an array in the document as a special form.</summary>
internal sealed class JsonDocumentRefusal : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert == typeof(JsonElement) || typeToConvert == typeof(JsonDocument) || typeToConvert.IsAssignableTo(typeof(JsonNode));

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        throw new RefusedValueException($"{typeToConvert.Name} cannot cross: declare object, or a type of its own.", isType: true);
}
