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

    /// <summary>Reads and writes the type. It may serve subclasses too.</summary>
    public JsonConverter Converter { get; }

    /// <summary>Metadata for programs without reflection: of the type and, for a struct, of its nullable.</summary>
    public IReadOnlyList<TypeContract> Contracts { get; }

    public static WireType Of<T>(JsonConverter<T> converter) => new(typeof(T), converter, TypeContract.Of<T>());

    public static WireType OfStruct<T>(JsonConverter<T> converter)
        where T : struct => new(typeof(T), converter, TypeContract.Of<T>(), TypeContract.OfNullable<T>());

    /// <summary>For a class whose converter serves subclasses too. <typeparamref name="TSubclass"/> gets metadata as well.</summary>
    public static WireType OfClass<T, TSubclass>(JsonConverter<T> converter)
        where TSubclass : T => new(typeof(T), converter, TypeContract.Of<T>(), TypeContract.Of<TSubclass>());
}

/// <summary>Creates the metadata of a type without reflection.</summary>
internal sealed record TypeContract(Type Type, Func<JsonSerializerOptions, JsonTypeInfo> Create)
{
    /// <summary>Metadata with the converter that the options choose for the type. The user's own converters come first.</summary>
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
                        ?? throw new NotSupportedException($"{converter.GetType()} gave no converter for {type}.")
                    : converter;
            }
        }

        throw new NotSupportedException($"No converter for {type}.");
    }
}
