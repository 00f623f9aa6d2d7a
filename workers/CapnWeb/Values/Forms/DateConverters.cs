using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>Reads and writes dates of the years 1 to 9999, to the millisecond. A date that was read has the offset 0.</summary>
internal sealed class DateTimeOffsetConverter : JsonConverter<DateTimeOffset>
{
    private const string Expected = "a date of the years 1 to 9999";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ReadDate(ref reader);

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

/// <summary>Reads and writes times of any kind. A time that was read is in UTC.</summary>
internal sealed class DateTimeConverter : JsonConverter<DateTime>
{
    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTimeOffsetConverter.ReadDate(ref reader).UtcDateTime;

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
        DateTimeOffsetConverter.WriteDate(writer, DateForm.Milliseconds(value));
}

/// <summary>Reads and writes any JavaScript date, including those outside the range of .NET's types.</summary>
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
