using System.Globalization;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>Converts the keys of a dictionary to member names and back.</summary>
internal static class DictionaryKey<TKey>
    where TKey : notnull
{
    /// <summary>Whether keys of this type can be member names.</summary>
    public static bool IsSupported { get; } =
        typeof(TKey) == typeof(string) || typeof(TKey) == typeof(int) || typeof(TKey) == typeof(long)
        || typeof(TKey) == typeof(uint) || typeof(TKey) == typeof(ulong) || typeof(TKey) == typeof(Guid) || typeof(TKey).IsEnum;

    public static string Format(TKey key) => key switch
    {
        string text => text,
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new RefusedValueException($"Keys of type {typeof(TKey).Name} cannot be names of members.", isType: true),
    };

    public static TKey Parse(string name)
    {
        if (typeof(TKey) == typeof(string))
        {
            return (TKey)(object)name;
        }

        object? key =
            typeof(TKey) == typeof(int) && int.TryParse(name, CultureInfo.InvariantCulture, out int int32) ? int32
            : typeof(TKey) == typeof(long) && long.TryParse(name, CultureInfo.InvariantCulture, out long int64) ? int64
            : typeof(TKey) == typeof(uint) && uint.TryParse(name, CultureInfo.InvariantCulture, out uint uint32) ? uint32
            : typeof(TKey) == typeof(ulong) && ulong.TryParse(name, CultureInfo.InvariantCulture, out ulong uint64) ? uint64
            : typeof(TKey) == typeof(Guid) && Guid.TryParse(name, out Guid guid) ? guid
            : typeof(TKey).IsEnum && Enum.TryParse(typeof(TKey), name, out object? member) ? member
            : null;
        return (TKey)(key ?? throw FormReader.Unexpected($"a member name that is a {typeof(TKey).Name}", "another"));
    }
}
