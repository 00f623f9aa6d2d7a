using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>The form <c>["date", milliseconds]</c>, which counts from 1970-01-01 UTC. The number is null for an invalid date.</summary>
internal sealed class DateForm : ValueForm
{
    public static readonly DateForm Instance = new();

    // The largest time value of ECMAScript, in ms. A date with a larger value is invalid.
    private const double MaxMilliseconds = 8.64e15;

    private static readonly long s_firstMillisecond = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long s_lastMillisecond = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private DateForm()
        : base("date")
    {
    }

    public override IReadOnlyList<WireType> Types { get; } =
    [
        WireType.OfStruct(new DateTimeConverter()),
        WireType.OfStruct(new DateTimeOffsetConverter()),
        WireType.Of(new RpcDateConverter()),
    ];

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

    /// <summary>Returns the milliseconds since 1970-01-01 UTC. A time without a kind is treated as UTC, and not as local time.</summary>
    public static long Milliseconds(DateTime value) =>
        new DateTimeOffset(value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : DateTime.SpecifyKind(value, DateTimeKind.Utc))
            .ToUnixTimeMilliseconds();

    public override void Scan(ref Utf8JsonReader reader, in FormPlace place, ref MentionList mentions)
    {
        reader.Read();
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.Null))
        {
            throw FormGrammar.Malformed(Name, "milliseconds", "a number or null", in reader);
        }

        FormGrammar.SkipToEnd(ref reader);
    }

    public override object Read(ref Utf8JsonReader reader, int start)
    {
        long? milliseconds = Read(ref reader);
        return (object?)ToOffset(milliseconds) ?? new RpcDate(milliseconds);
    }

    /// <summary>
    /// Reads a form that has been scanned. Returns null for an invalid date. Moves the reader from the type code to the closing bracket.
    /// </summary>
    public static long? Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        double value = reader.TokenType == JsonTokenType.Number ? Math.Truncate(reader.GetDouble()) : double.NaN;
        FormGrammar.SkipToEnd(ref reader);
        return Math.Abs(value) <= MaxMilliseconds ? (long)value : null;
    }

    /// <summary>Converts milliseconds to a .NET date. Returns null for an invalid date and for one outside the years 1 to 9999.</summary>
    public static DateTimeOffset? ToOffset(long? milliseconds) =>
        milliseconds is { } value && value >= s_firstMillisecond && value <= s_lastMillisecond
            ? DateTimeOffset.FromUnixTimeMilliseconds(value)
            : null;
}
