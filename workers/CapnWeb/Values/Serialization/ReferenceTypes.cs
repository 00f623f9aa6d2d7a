using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>A type whose values are sent as references and not as copies.</summary>
internal interface IReferenceType
{
    Type Type { get; }

    JsonConverter Converter { get; }

    /// <summary>Whether <see cref="Converter"/> is also used for subclasses.</summary>
    bool IncludesSubclasses { get; }

    /// <summary>Creates the metadata of the type without reflection.</summary>
    JsonTypeInfo CreateTypeInfo(JsonSerializerOptions options);
}

/// <summary>
/// The types whose values are sent as references, for the whole process. Other folders register their types here: stubs, and every type
/// with a contract.
/// </summary>
internal static class ReferenceTypes
{
    private static readonly ConcurrentDictionary<Type, IReferenceType> s_types = new();

    /// <summary>Registers a type. If a type is registered twice, the first registration applies.</summary>
    public static void Add(IReferenceType type) => s_types.TryAdd(type.Type, type);

    /// <summary>Finds the registration of exactly this type.</summary>
    public static bool TryFind(Type type, [NotNullWhen(true)] out IReferenceType? found)
    {
        if (s_types.TryGetValue(type, out found))
        {
            return true;
        }

        // Generated code registers the types of an assembly in its module initializer. The runtime may not have run that initializer yet,
        // because a typeof runs no code of the type's assembly. So it is run here.
        RuntimeHelpers.RunModuleConstructor(type.Module.ModuleHandle);
        return s_types.TryGetValue(type, out found);
    }

    /// <summary>Finds the registration of this type, or of a base class whose registration includes subclasses.</summary>
    public static IReferenceType? FindConverting(Type type)
    {
        if (TryFind(type, out IReferenceType? exact))
        {
            return exact;
        }

        for (Type? each = type.BaseType; each is not null; each = each.BaseType)
        {
            if (s_types.TryGetValue(each, out IReferenceType? found) && found.IncludesSubclasses)
            {
                return found;
            }
        }

        return null;
    }
}
