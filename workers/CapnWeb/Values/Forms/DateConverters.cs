using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>Moments as dates, to the millisecond.</summary>
internal sealed class DateTimeOffsetConverter : JsonConverter<DateTimeOffset>
{
    private const string Expected = "a date of the years 1 to 9999";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ReadDate(ref reader);

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        WriteDate(writer, value.ToUnixTimeMilliseconds());

    public static DateTimeOffset ReadDate(ref Utf8JsonReader reader)
    {
        FormReader.Begin(ref reader, DateForm.Instance, Expected);
        return DateForm.ToOffset(DateForm.Read(ref reader)) ?? throw FormReader.Unexpected(Expected, "another, or an invalid one");
    }

    public static void WriteDate(Utf8JsonWriter writer, long? milliseconds)
    {
        WriteScope scope = WriteScope.Current;
        int mark = scope.Scratch.Position;
        DateForm.Write(scope.Scratch, milliseconds);
        scope.Take(writer, mark);
    }
}

/// <summary>Times of any kind as dates; they come back in UTC.</summary>
internal sealed class DateTimeConverter : JsonConverter<DateTime>
{
    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTimeOffsetConverter.ReadDate(ref reader).UtcDateTime;

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
        DateTimeOffsetConverter.WriteDate(writer, DateForm.Milliseconds(value));
}

/// <summary>Dates that only JavaScript has.</summary>
internal sealed class RpcDateConverter : JsonConverter<RpcDate>
{
    public override RpcDate Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        FormReader.Begin(ref reader, DateForm.Instance, "a date");
        return new RpcDate(DateForm.Read(ref reader));
    }

    public override void Write(Utf8JsonWriter writer, RpcDate value, JsonSerializerOptions options) =>
        DateTimeOffsetConverter.WriteDate(writer, value.Milliseconds);
}
