using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>
/// Tells the serializer of closed types that it would otherwise need reflection for. The source generator calls it; a
/// hand-written AOT program may. Registering a type twice is harmless.
/// </summary>
public static class RpcCollections
{
    private static readonly ConcurrentDictionary<Type, Func<JsonConverter>> Collections = new();
    private static readonly ConcurrentDictionary<Type, Func<JsonSerializerOptions, JsonTypeInfo>> Types = new();

    static RpcCollections()
    {
        AddList<object?>();
        AddDictionary<object?>();
        AddList<string>();
        AddDictionary<string>();
        AddBuiltInTypes();
        foreach (TypeContract contract in WireConverters.Types.SelectMany(type => type.Contracts))
        {
            Add(contract);
        }
    }

    /// <summary>T[], List and the interfaces that a List implements.</summary>
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

    /// <summary>Another collection, made from a list of its elements.</summary>
    public static void AddCollection<TCollection, T>(Func<List<T>, TCollection> make)
        where TCollection : IEnumerable<T>
    {
        Collections.TryAdd(typeof(TCollection), () => new CollectionConverter<TCollection, T>(make));
        Add(TypeContract.Of<TCollection>());
    }

    /// <summary>Dictionary with string keys and the interfaces that it implements.</summary>
    public static void AddDictionary<T>()
    {
        AddDictionary<Dictionary<string, T>, T>(members => members);
        AddDictionary<IDictionary<string, T>, T>(members => members);
        AddDictionary<IReadOnlyDictionary<string, T>, T>(members => members);
    }

    /// <summary>A nullable value type, whose own contract is known otherwise.</summary>
    public static void AddNullable<T>()
        where T : struct => Add(TypeContract.OfNullable<T>());

    /// <summary>The converter of a registered collection.</summary>
    internal static JsonConverter? TryCreateConverter(Type type) => Collections.TryGetValue(type, out Func<JsonConverter>? create) ? create() : null;

    /// <summary>The contract of a registered or simple type.</summary>
    internal static JsonTypeInfo? TryCreate(Type type, JsonSerializerOptions options) =>
        Types.TryGetValue(type, out Func<JsonSerializerOptions, JsonTypeInfo>? create) ? create(options) : null;

    private static void AddDictionary<TDictionary, T>(Func<Dictionary<string, T>, TDictionary> make)
        where TDictionary : IEnumerable<KeyValuePair<string, T>>
    {
        Collections.TryAdd(typeof(TDictionary), () => new DictionaryConverter<TDictionary, string, T>(make));
        Add(TypeContract.Of<TDictionary>());
    }

    // Types that System.Text.Json writes as the wire does.
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
        Types.TryAdd(typeof(T), options => JsonMetadataServices.CreateValueInfo<T>(options, converter));
        AddNullable<T>();
    }

    private static void Add(TypeContract contract) => Types.TryAdd(contract.Type, contract.Create);
}
