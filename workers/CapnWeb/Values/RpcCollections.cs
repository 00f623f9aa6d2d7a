using System.Collections.Concurrent;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Values.Converters;

namespace WorkerRpc.CapnWeb.Values;

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
        AddSimpleTypes();
        AddValue<RpcUndefined>();
        AddValue<RpcDate>();
        AddValue<RpcBuffer>();
        AddValue<RpcStub>();
        AddValue<Exception>();
        AddValue<RpcException>();
        AddOwn(() => new RpcVoidConverter());
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
        AddConverted<TCollection>();
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
        where T : struct =>
        Types.TryAdd(typeof(T?), options => JsonMetadataServices.CreateValueInfo<T?>(options, JsonMetadataServices.GetNullableConverter<T>(options)));

    /// <summary>The converter of a registered collection.</summary>
    internal static JsonConverter? TryCreateConverter(Type type) => Collections.TryGetValue(type, out Func<JsonConverter>? create) ? create() : null;

    /// <summary>The contract of a registered or simple type.</summary>
    internal static JsonTypeInfo? TryCreate(Type type, JsonSerializerOptions options) =>
        Types.TryGetValue(type, out Func<JsonSerializerOptions, JsonTypeInfo>? create) ? create(options) : null;

    private static void AddDictionary<TDictionary, T>(Func<Dictionary<string, T>, TDictionary> make)
        where TDictionary : IEnumerable<KeyValuePair<string, T>>
    {
        Collections.TryAdd(typeof(TDictionary), () => new DictionaryConverter<TDictionary, string, T>(make));
        AddConverted<TDictionary>();
    }

    private static void AddSimpleTypes()
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
        AddNumber<long>();
        AddNumber<ulong>();
        AddNumber<float>();
        AddNumber<double>();
        AddNumber<decimal>();
        AddNumber<BigInteger>();
        AddNumber<DateTime>();
        AddNumber<DateTimeOffset>();
        AddNumber<ReadOnlyMemory<byte>>();
        AddNumber<char>();
        AddValue<string>();
        AddValue<object>();
        AddValue<byte[]>();
        AddValue<Uri>();
    }

    private static void AddBuiltIn<T>(JsonConverter<T> converter)
        where T : struct
    {
        Types.TryAdd(typeof(T), options => JsonMetadataServices.CreateValueInfo<T>(options, converter));
        AddNullable<T>();
    }

    private static void AddNumber<T>()
        where T : struct
    {
        AddValue<T>();
        AddNullable<T>();
    }

    private static void AddValue<T>() => AddConverted<T>();

    // The converter is found as for any other contract: the user's, or the wire's.
    private static void AddConverted<T>() =>
        Types.TryAdd(typeof(T), options => JsonMetadataServices.CreateValueInfo<T>(options, WireConverters.Find(typeof(T), options)));

    private static void AddOwn<T>(Func<JsonConverter<T>> create) =>
        Types.TryAdd(typeof(T), options => JsonMetadataServices.CreateValueInfo<T>(options, create()));
}
