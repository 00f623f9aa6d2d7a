using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>Makes converters of the types that cross as references.</summary>
internal sealed class ReferenceConverters : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => ReferenceTypes.FindConverting(typeToConvert) is not null;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        ReferenceTypes.FindConverting(typeToConvert)!.Converter;
}
