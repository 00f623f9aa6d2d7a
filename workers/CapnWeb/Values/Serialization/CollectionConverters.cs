using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>
/// Creates converters for collections and dictionaries. Types that are registered in <see cref="RpcCollections"/> need no reflection. Other
/// types are inspected by reflection, if the program allows it.
/// </summary>
internal sealed class CollectionConverters : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert != typeof(string)
        && typeToConvert.IsAssignableTo(typeof(IEnumerable))
        && !typeToConvert.IsDefined(typeof(JsonConverterAttribute), inherit: false);

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "A trimmed program registers its collections; others are refused.")]
    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        RpcCollections.TryCreateConverter(typeToConvert)
        ?? (RuntimeFeature.IsDynamicCodeSupported ? ReflectedCollections.TryCreate(typeToConvert) : null)
        ?? throw new RefusedValueException(
            $"{typeToConvert.Name} is no collection known to RPC: expected one of {nameof(RpcCollections)}, or IEnumerable<T>, "
            + "or a dictionary with keys of string, integer, Guid or enum.",
            isType: true);
}
