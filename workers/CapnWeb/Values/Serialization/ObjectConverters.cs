using System.Text.Json;
using System.Text.Json.Serialization;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>Converts values whose declared type is <c>object</c>. They are written according to their run-time type.</summary>
internal sealed class ObjectConverter : JsonConverter<object>
{
    public override bool HandleNull => true;

    public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DynamicReader.Read(ref reader);

    public override void Write(Utf8JsonWriter writer, object? value, JsonSerializerOptions options)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            default:
                WriteByType(writer, value, options);
                break;
        }
    }

    private static void WriteByType(Utf8JsonWriter writer, object value, JsonSerializerOptions options)
    {
        if (!WriteScope.Current.MayNest(writer))
        {
            writer.WriteNullValue();
            return;
        }

        try
        {
            WriteNested(writer, value, options);
        }
        catch (Exception error)
        {
            WriteScope.Current.Fail(writer, error);
        }
    }

    private static void WriteNested(Utf8JsonWriter writer, object value, JsonSerializerOptions options)
    {
        if (value.GetType() == typeof(object))
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
        }
        else if (value is not Exception && WriteScope.Current.Sink.IsReference(value))
        {
            ReferenceScope.Write(writer, value);
        }
        else
        {
            JsonSerializer.Serialize(writer, value, options.GetTypeInfo(value.GetType()));
        }
    }
}
