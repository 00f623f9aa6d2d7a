using System.Globalization;

namespace WorkerRpc.CapnWeb.Values.Text;

/// <summary>Rules for the names of an object's members, as in JavaScript.</summary>
internal static class ObjectKeys
{
    // The largest array index in JavaScript: 2^32 − 2.
    private const uint MaxIndex = uint.MaxValue - 1;
    private const int MaxIndexLength = 10;

    private static readonly HashSet<string> s_inherited =
    [
        "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf",
        "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "__proto__",
    ];

    /// <summary>
    /// Whether every JavaScript object inherits a member with this name from Object.prototype. A path must not lead to such a member.
    /// </summary>
    public static bool IsInherited(string name) => s_inherited.Contains(name);

    /// <summary>Whether a member with this name is dropped from received objects.</summary>
    public static bool IsDropped(string name) => name == "toJSON" || IsInherited(name);

    /// <summary>Whether the name is an array index. JavaScript sorts such names by number, before all other names.</summary>
    public static bool IsIndex(string name, out uint index)
    {
        index = 0;
        return name.Length is > 0 and <= MaxIndexLength
            && char.IsAsciiDigit(name[0])
            && (name[0] != '0' || name.Length == 1)
            && uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out index)
            && index <= MaxIndex;
    }

    /// <summary>Sorts members in JavaScript's order: first array indexes in ascending order, then the others in insertion order.</summary>
    public static IEnumerable<T> Order<T>(IReadOnlyCollection<T> members, Func<T, string> name) =>
        members.Any(member => IsIndex(name(member), out _))
            ? members.OrderBy(member => IsIndex(name(member), out uint index) ? index : (long)uint.MaxValue)
            : members;
}
