using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values;

/// <summary>The form of a date: whole milliseconds since 1970, null where it is invalid.</summary>
internal static class DateForm
{
    // ECMAScript's range of time values.
    private const double MaxMilliseconds = 8.64e15;

    private static readonly long FirstMillisecond = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long LastMillisecond = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public static void Write(ExpressionWriter writer, long? milliseconds)
    {
        writer.WriteRaw("[\"date\","u8);
        if (milliseconds is { } value)
        {
            writer.WriteInteger(value);
        }
        else
        {
            writer.WriteRaw("null"u8);
        }

        writer.WriteRaw((byte)']');
    }

    /// <summary>Without a kind a time is taken as UTC, for what the machine's zone is says nothing about it.</summary>
    public static long Milliseconds(DateTime value) =>
        new DateTimeOffset(value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : DateTime.SpecifyKind(value, DateTimeKind.Utc))
            .ToUnixTimeMilliseconds();

    /// <summary>Reads the form from behind its code to its end; null is an invalid date.</summary>
    public static long? Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        double value = reader.TokenType == JsonTokenType.Number ? Math.Truncate(reader.GetDouble()) : double.NaN;
        FormGrammar.SkipToEnd(ref reader);
        return Math.Abs(value) <= MaxMilliseconds ? (long)value : null;
    }

    /// <summary>A date as .NET can hold it; null where it is invalid or out of reach.</summary>
    public static DateTimeOffset? ToOffset(long? milliseconds) =>
        milliseconds is { } value && value >= FirstMillisecond && value <= LastMillisecond
            ? DateTimeOffset.FromUnixTimeMilliseconds(value)
            : null;
}
