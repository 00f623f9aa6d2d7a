using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>A .NET type that is written in another way than System.Text.Json writes it.</summary>
internal sealed class WireType
{
    private WireType(Type type, JsonConverter converter, params TypeContract[] contracts)
    {
        Type = type;
        Converter = converter;
        Contracts = contracts;
    }

    public Type Type { get; }

    /// <summary>The converter that reads and writes the type. It may also be used for subclasses.</summary>
    public JsonConverter Converter { get; }

    /// <summary>
    /// The metadata for programs without reflection. It describes the type and, if the type is a struct, also its nullable.
    /// </summary>
    public IReadOnlyList<TypeContract> Contracts { get; }

    public static WireType Of<T>(JsonConverter<T> converter) => new(typeof(T), converter, TypeContract.Of<T>());

    public static WireType OfStruct<T>(JsonConverter<T> converter)
        where T : struct => new(typeof(T), converter, TypeContract.Of<T>(), TypeContract.OfNullable<T>());

    /// <summary>
    /// Creates the wire type of a class whose converter also handles subclasses. The wire type also contains metadata for
    /// <typeparamref name="TSubclass"/>.
    /// </summary>
    public static WireType OfClass<T, TSubclass>(JsonConverter<T> converter)
        where TSubclass : T => new(typeof(T), converter, TypeContract.Of<T>(), TypeContract.Of<TSubclass>());
}

/// <summary>A type, and a function that creates its metadata without reflection.</summary>
internal sealed record TypeContract(Type Type, Func<JsonSerializerOptions, JsonTypeInfo> Create)
{
    /// <summary>
    /// Returns a function for metadata with the converter that the options choose for the type. The user's own converters have priority.
    /// </summary>
    public static TypeContract Of<T>() =>
        new(typeof(T), static options => JsonMetadataServices.CreateValueInfo<T>(options, FindConverter(typeof(T), options)));

    public static TypeContract OfNullable<T>()
        where T : struct =>
        new(typeof(T?), static options => JsonMetadataServices.CreateValueInfo<T?>(
            options, JsonMetadataServices.GetNullableConverter<T>(options)));

    private static JsonConverter FindConverter(Type type, JsonSerializerOptions options)
    {
        foreach (JsonConverter converter in options.Converters)
        {
            if (converter.CanConvert(type))
            {
                return converter is JsonConverterFactory factory
                    ? factory.CreateConverter(type, options)
                        ?? throw new RefusedValueException($"{converter.GetType().Name} gave no converter for {type.Name}.", isType: true)
                    : converter;
            }
        }

        throw new RefusedValueException($"No converter for {type.Name}.", isType: true);
    }
}
