using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json.Serialization;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>Creates converters by reflection, for collections that are not registered in <see cref="RpcCollections"/>.</summary>
[RequiresDynamicCode("Closes generic types at run time.")]
[RequiresUnreferencedCode("Looks for interfaces and constructors.")]
internal static class ReflectedCollections
{
    private const BindingFlags Own = BindingFlags.Static | BindingFlags.NonPublic;

    /// <summary>Creates the converter for a collection or dictionary. Returns null if the element type cannot be found.</summary>
    public static JsonConverter? TryCreate(Type type)
    {
        if ((ArgumentsOf(type, typeof(IDictionary<,>)) ?? ArgumentsOf(type, typeof(IReadOnlyDictionary<,>))) is [Type key, Type value])
        {
            return Invoke(nameof(Dictionary), type, key, value);
        }

        bool isFlat = !type.IsArray || type.GetArrayRank() == 1;
        return isFlat && ArgumentsOf(type, typeof(IEnumerable<>)) is [Type element] ? Invoke(nameof(Collection), type, element) : null;
    }

    private static CollectionConverter<TCollection, T> Collection<TCollection, T>()
        where TCollection : IEnumerable<T> => new(
            MakeFrom<List<T>, TCollection>(elements => elements.ToArray(), typeof(IEnumerable<T>), typeof(HashSet<T>)));

    private static DictionaryConverter<TDictionary, TKey, TValue>? Dictionary<TDictionary, TKey, TValue>()
        where TDictionary : IEnumerable<KeyValuePair<TKey, TValue>>
        where TKey : notnull =>
        DictionaryKey<TKey>.IsSupported
            ? new(MakeFrom<Dictionary<TKey, TValue>, TDictionary>(
                members => members, typeof(IEnumerable<KeyValuePair<TKey, TValue>>), typeof(SortedDictionary<TKey, TValue>)))
            : null;

    // Returns a function that converts the list that was read to the wanted type. The function uses a cast, an array, the CreateRange
    // method of an immutable type, or a constructor.
    private static Func<TRead, TWanted>? MakeFrom<TRead, TWanted>(Func<TRead, object> toArray, Type sequence, Type otherwise)
        where TRead : notnull
    {
        Type wanted = typeof(TWanted);
        if (wanted.IsAssignableFrom(typeof(TRead)))
        {
            return read => (TWanted)(object)read;
        }

        if (wanted.IsArray)
        {
            return read => (TWanted)toArray(read);
        }

        if (CreateRange(wanted, sequence) is { } create)
        {
            return read => (TWanted)create.Invoke(null, [read])!;
        }

        Type concrete = wanted.IsInterface && wanted.IsAssignableFrom(otherwise) ? otherwise : wanted;
        ConstructorInfo? constructor = concrete.IsAbstract
            ? null
            : concrete.GetConstructors().FirstOrDefault(
                found => found.GetParameters() is [var only] && only.ParameterType.IsAssignableFrom(typeof(TRead)));
        return constructor is null ? null : read => (TWanted)constructor.Invoke([read]);
    }

    private static MethodInfo? CreateRange(Type type, Type sequence)
    {
        if (type.Namespace != "System.Collections.Immutable" || !type.IsGenericType)
        {
            return null;
        }

        string name = type.Name[..type.Name.IndexOf('`')].TrimStart('I');
        string factory = name is "mmutableSet" ? "ImmutableHashSet" : name.StartsWith("mm", StringComparison.Ordinal) ? $"I{name}" : name;
        return type.Assembly.GetType($"{type.Namespace}.{factory}")?
            .GetMethods()
            .Where(method => method.Name == "CreateRange" && method.GetGenericArguments().Length == type.GetGenericArguments().Length)
            .Select(method => method.MakeGenericMethod(type.GetGenericArguments()))
            .FirstOrDefault(method => method.GetParameters() is [var only] && only.ParameterType == sequence);
    }

    private static Type[]? ArgumentsOf(Type type, Type definition) =>
        type.GetInterfaces().Prepend(type)
            .FirstOrDefault(found => found.IsGenericType && found.GetGenericTypeDefinition() == definition)?
            .GetGenericArguments();

    private static JsonConverter? Invoke(string method, params Type[] arguments) =>
        (JsonConverter?)typeof(ReflectedCollections).GetMethod(method, Own)!.MakeGenericMethod(arguments).Invoke(null, null);
}
