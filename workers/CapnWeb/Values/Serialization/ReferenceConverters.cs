using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>Creates converters for types whose values are sent as references.</summary>
internal sealed class ReferenceConverters : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => ReferenceTypes.FindConverting(typeToConvert) is not null;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        ReferenceTypes.FindConverting(typeToConvert)!.Converter;
}
