using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>
/// Reads and writes the elements of a collection directly by their converter. JsonSerializer's own methods would parse each element twice,
/// the first time to find its end.
/// </summary>
internal sealed class ElementConverter<T>(JsonConverter<T> converter, JsonSerializerOptions options)
{
    private static readonly bool s_isNullable = default(T) is null;

    /// <summary>Returns the converter of the elements. It is looked up at the first use, because a type may contain itself.</summary>
    public static ElementConverter<T> Of(ref ElementConverter<T>? known, JsonSerializerOptions options) =>
        known ??= new ElementConverter<T>(Find(options), options);

    public T? Read(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Null && s_isNullable && !converter.HandleNull
            ? default
            : converter.Read(ref reader, typeof(T), options);

    public void Write(Utf8JsonWriter writer, T value)
    {
        if (value is null && !converter.HandleNull)
        {
            writer.WriteNullValue();
        }
        else
        {
            converter.Write(writer, value, options);
        }
    }

    private static JsonConverter<T> Find(JsonSerializerOptions options) => (JsonConverter<T>)options.GetTypeInfo(typeof(T)).Converter;
}
