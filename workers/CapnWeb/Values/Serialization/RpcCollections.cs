using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>
/// Registers collection types, so that the serializer needs no reflection for them. Generated code calls this class for the types in its
/// signatures. Programs that are compiled to native code may register more types. A second registration of a type has no effect.
/// </summary>
public static class RpcCollections
{
    private static readonly ConcurrentDictionary<Type, Func<JsonConverter>> s_collections = new();
    private static readonly ConcurrentDictionary<Type, Func<JsonSerializerOptions, JsonTypeInfo>> s_types = new();

    static RpcCollections()
    {
        AddList<object?>();
        AddDictionary<object?>();
        AddList<string>();
        AddDictionary<string>();
        // Before the built-in types: the first registration counts, so a value form may take over a built-in type.
        foreach (TypeContract contract in WireConverters.Types.SelectMany(type => type.Contracts))
        {
            Add(contract);
        }

        AddBuiltInTypes();
    }

    /// <summary>Registers T[], List and the interfaces that List implements.</summary>
    public static void AddList<T>()
    {
        AddCollection<T[], T>(elements => [.. elements]);
        AddCollection<List<T>, T>(elements => elements);
        AddCollection<IEnumerable<T>, T>(elements => elements);
        AddCollection<ICollection<T>, T>(elements => elements);
        AddCollection<IList<T>, T>(elements => elements);
        AddCollection<IReadOnlyCollection<T>, T>(elements => elements);
        AddCollection<IReadOnlyList<T>, T>(elements => elements);
    }

    /// <summary>Registers another collection type. <paramref name="make"/> creates the collection from a list of its elements.</summary>
    public static void AddCollection<TCollection, T>(Func<List<T>, TCollection> make)
        where TCollection : IEnumerable<T>
    {
        s_collections.TryAdd(typeof(TCollection), () => new CollectionConverter<TCollection, T>(make));
        Add(TypeContract.Of<TCollection>());
    }

    /// <summary>Registers Dictionary with string keys and the interfaces that it implements.</summary>
    public static void AddDictionary<T>()
    {
        AddDictionary<Dictionary<string, T>, T>(members => members);
        AddDictionary<IDictionary<string, T>, T>(members => members);
        AddDictionary<IReadOnlyDictionary<string, T>, T>(members => members);
    }

    /// <summary>Registers the nullable type of a struct.</summary>
    public static void AddNullable<T>()
        where T : struct => Add(TypeContract.OfNullable<T>());

    /// <summary>Creates the converter of a registered collection. Returns null for other types.</summary>
    internal static JsonConverter? TryCreateConverter(Type type) =>
        s_collections.TryGetValue(type, out Func<JsonConverter>? create) ? create() : null;

    /// <summary>Creates the metadata of a registered or built-in type. Returns null for other types.</summary>
    internal static JsonTypeInfo? TryCreate(Type type, JsonSerializerOptions options) =>
        s_types.TryGetValue(type, out Func<JsonSerializerOptions, JsonTypeInfo>? create) ? create(options) : null;

    private static void AddDictionary<TDictionary, T>(Func<Dictionary<string, T>, TDictionary> make)
        where TDictionary : IEnumerable<KeyValuePair<string, T>>
    {
        s_collections.TryAdd(typeof(TDictionary), () => new DictionaryConverter<TDictionary, string, T>(make));
        Add(TypeContract.Of<TDictionary>());
    }

    // Adds the types that this library writes in the same way as System.Text.Json.
    private static void AddBuiltInTypes()
    {
        AddBuiltIn(JsonMetadataServices.BooleanConverter);
        AddBuiltIn(JsonMetadataServices.ByteConverter);
        AddBuiltIn(JsonMetadataServices.SByteConverter);
        AddBuiltIn(JsonMetadataServices.Int16Converter);
        AddBuiltIn(JsonMetadataServices.UInt16Converter);
        AddBuiltIn(JsonMetadataServices.Int32Converter);
        AddBuiltIn(JsonMetadataServices.UInt32Converter);
        AddBuiltIn(JsonMetadataServices.GuidConverter);
        AddBuiltIn(JsonMetadataServices.TimeSpanConverter);
        AddBuiltIn(JsonMetadataServices.DateOnlyConverter);
        AddBuiltIn(JsonMetadataServices.TimeOnlyConverter);
    }

    private static void AddBuiltIn<T>(JsonConverter<T> converter)
        where T : struct
    {
        s_types.TryAdd(typeof(T), options => JsonMetadataServices.CreateValueInfo<T>(options, converter));
        AddNullable<T>();
    }

    private static void Add(TypeContract contract) => s_types.TryAdd(contract.Type, contract.Create);
}
