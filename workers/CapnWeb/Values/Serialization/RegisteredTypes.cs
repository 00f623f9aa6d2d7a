using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>Provides metadata for types that the user's resolver does not know. It needs no reflection.</summary>
internal sealed class RegisteredTypes : IJsonTypeInfoResolver
{
    public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options) =>
        ReferenceTypes.TryFind(type, out IReferenceType? reference) ? reference.CreateTypeInfo(options)
        : RpcCollections.TryCreate(type, options);
}
