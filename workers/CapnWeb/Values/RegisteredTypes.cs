using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WorkerRpc.CapnWeb.Targets;

namespace WorkerRpc.CapnWeb.Values;

/// <summary>Contracts of types that the user's own resolver does not know, without reflection.</summary>
internal sealed class RegisteredTypes : IJsonTypeInfoResolver
{
    public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options) =>
        RpcContract.TryFind(type, out RpcContract? contract) ? contract.CreateTypeInfo(options)
        : RpcCollections.TryCreate(type, options);
}
