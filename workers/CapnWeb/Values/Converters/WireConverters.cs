using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkerRpc.CapnWeb.Values.Converters;

/// <summary>Converters for what the wire writes otherwise than System.Text.Json does.</summary>
internal static class WireConverters
{
    /// <summary>All of them, the more special ones first.</summary>
    public static IReadOnlyList<JsonConverter> All { get; } =
    [
        new StringConverter(),
        new CharConverter(),
        new DoubleConverter(),
        new SingleConverter(),
        new DecimalConverter(),
        new WideIntegerConverter<long>(),
        new WideIntegerConverter<ulong>(),
        new WideIntegerConverter<Int128>(),
        new WideIntegerConverter<UInt128>(),
        new BigIntegerConverter(),
        new DateTimeConverter(),
        new DateTimeOffsetConverter(),
        new RpcDateConverter(),
        new ByteArrayConverter(),
        new MemoryConverter(),
        new ReadOnlyMemoryConverter(),
        new RpcBufferConverter(),
        new UriConverter(),
        new UndefinedConverter(),
        new ObjectConverter(),
        new ErrorConverter(),
        new StubConverter(),
        new JsonDocumentRefusal(),
        new ReferenceConverters(),
        new CollectionConverters(),
    ];

    /// <summary>The converter that the options name for a type of ours.</summary>
    public static JsonConverter Find(Type type, JsonSerializerOptions options)
    {
        foreach (JsonConverter converter in options.Converters)
        {
            if (converter.CanConvert(type))
            {
                return converter is JsonConverterFactory factory
                    ? factory.CreateConverter(type, options) ?? throw new NotSupportedException($"{converter.GetType()} gave no converter for {type}.")
                    : converter;
            }
        }

        throw new NotSupportedException($"No converter for {type}.");
    }
}
