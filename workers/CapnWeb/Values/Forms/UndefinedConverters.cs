using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// Reads and writes undefined. It accepts a null only if <see cref="UndefinedBlanks"/> has put the null in the place of an undefined.
/// </summary>
internal sealed class UndefinedConverter : JsonConverter<RpcUndefined>
{
    public override bool HandleNull => true;

    public override RpcUndefined? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return ReadScope.Current.WasUndefined(in reader) ? RpcUndefined.Value : null;
        }

        FormReader.Begin(ref reader, UndefinedForm.Instance, "undefined");
        FormGrammar.SkipToEnd(ref reader);
        return RpcUndefined.Value;
    }

    public override void Write(Utf8JsonWriter writer, RpcUndefined? value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value is null ? "null"u8 : UndefinedForm.Text, skipInputValidation: true);
}

/// <summary>Writes undefined. When reading, it accepts and ignores any value.</summary>
internal sealed class RpcVoidConverter : JsonConverter<RpcVoid>
{
    public override bool HandleNull => true;

    public override RpcVoid Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        reader.Skip();
        return default;
    }

    public override void Write(Utf8JsonWriter writer, RpcVoid value, JsonSerializerOptions options) =>
        writer.WriteRawValue(UndefinedForm.Text, skipInputValidation: true);
}
