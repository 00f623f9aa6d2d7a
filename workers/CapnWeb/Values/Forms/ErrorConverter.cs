using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>Writes any exception as an error form, and reads an error form as an <see cref="RpcException"/>.</summary>
internal sealed class ErrorConverter : JsonConverter<Exception>
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsAssignableTo(typeof(Exception));

    public override Exception Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (!typeToConvert.IsAssignableFrom(typeof(RpcException)))
        {
            throw FormReader.Unexpected("Exception or RpcException as the type of an error", typeToConvert.Name);
        }

        FormReader.Begin(ref reader, ErrorForm.Instance, "an error");
        return ErrorForm.Read(ref reader);
    }

    public override void Write(Utf8JsonWriter writer, Exception value, JsonSerializerOptions options)
    {
        WriteScope scope = WriteScope.Current;
        int mark = scope.Scratch.Position;
        ErrorForm.Write(scope.Values, scope.Scratch, value, scope.Sink);
        scope.Take(writer, mark);
    }
}
