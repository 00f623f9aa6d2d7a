using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Serialization;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Writes stubs and promises of any class. Reads only <see cref="RpcStub"/> itself.</summary>
internal sealed class StubConverter : JsonConverter<RpcStub>
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsAssignableTo(typeof(RpcStub));

    public override RpcStub Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        typeToConvert == typeof(RpcStub)
            ? (RpcStub)ReferenceScope.Read(ref reader)
            : throw FormReader.Unexpected("RpcStub, or an interface with RPC members, as the type of a reference", typeToConvert.Name);

    public override void Write(Utf8JsonWriter writer, RpcStub value, JsonSerializerOptions options) => ReferenceScope.Write(writer, value);
}

/// <summary>Describes stubs as a type whose values are sent as references.</summary>
internal sealed class StubType : IReferenceType
{
    public Type Type => typeof(RpcStub);

    public JsonConverter Converter { get; } = new StubConverter();

    public bool IncludesSubclasses => true;

    public JsonTypeInfo CreateTypeInfo(JsonSerializerOptions options) => JsonMetadataServices.CreateValueInfo<RpcStub>(options, Converter);
}
