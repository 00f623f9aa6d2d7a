using System.Text.Json;
using System.Text.Json.Serialization;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Targets;

/// <summary>Writes objects of a type with a contract as references. Reads a reference as a typed stub.</summary>
internal sealed class ReferenceConverter<T>(RpcContract<T> contract) : JsonConverter<T>
    where T : class
{
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        ReferenceScope.Write(writer, RpcReference.Find(value) ?? (object)new RpcTarget(value, contract));

    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (SkipUndefined(ref reader))
        {
            return null;
        }

        object reference = ReferenceScope.Read(ref reader);
        return contract.Stub is { } stub
            ? stub((RpcStub)reference)
            : throw new RpcValueException($"A reference came where {typeof(T).Name} is expected, which has no stub: {Expected}.");
    }

    private static string Expected => typeof(T).IsAssignableTo(typeof(Delegate))
        ? "expected a delegate that gives Task, ValueTask, Task<T> or ValueTask<T>"
        : "expected an interface with RPC members";

    private static bool SkipUndefined(ref Utf8JsonReader reader)
    {
        Utf8JsonReader ahead = reader;
        bool isUndefined = ahead.TokenType == JsonTokenType.StartArray && ahead.Read()
            && ahead.TokenType == JsonTokenType.String && JsonText.Is(in ahead, "undefined"u8);
        if (isUndefined)
        {
            reader.Skip();
        }

        return isUndefined;
    }
}
