using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>
/// Collections and dictionaries: those registered in <see cref="RpcCollections"/>, and by reflection, where code can be
/// made at run time, all that say what their elements are.
/// </summary>
internal sealed class CollectionConverters : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert != typeof(string)
        && typeToConvert.IsAssignableTo(typeof(IEnumerable))
        && !typeToConvert.IsDefined(typeof(JsonConverterAttribute), inherit: false);

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "A trimmed program registers its collections; what it does not is refused.")]
    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        RpcCollections.TryCreateConverter(typeToConvert)
        ?? (RuntimeFeature.IsDynamicCodeSupported ? ReflectedCollections.TryCreate(typeToConvert) : null)
        ?? throw new NotSupportedException(
            $"{typeToConvert} is no collection known to RPC: expected one of {nameof(RpcCollections)}, or IEnumerable<T>, or a dictionary with keys of string, integer, Guid or enum.");
}
