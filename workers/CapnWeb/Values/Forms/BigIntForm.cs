using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>The form <c>["bigint", digits]</c>, which is an integer.</summary>
internal sealed class BigIntForm : ValueForm
{
    public static readonly BigIntForm Instance = new();

    // The maximum number of characters of a 128-bit integer, including its sign.
    private const int MaxDigits = 40;

    private const int ShortDigits = 64;
    private const int ShortBits = 200;

    private BigIntForm()
        : base("bigint")
    {
    }

    public override IReadOnlyList<WireType> Types { get; } =
    [
        WireType.OfStruct(new WideIntegerConverter<long>()),
        WireType.OfStruct(new WideIntegerConverter<ulong>()),
        WireType.OfStruct(new WideIntegerConverter<Int128>()),
        WireType.OfStruct(new WideIntegerConverter<UInt128>()),
        WireType.OfStruct(new BigIntegerConverter()),
    ];

    public static void Write(ExpressionWriter writer, BigInteger value)
    {
        writer.WriteRaw("[\"bigint\",\""u8);
        // To format into a span that is too short takes as long as to format.
        Span<char> digits = stackalloc char[ShortDigits];
        ReadOnlySpan<char> text =
            value.GetBitLength() <= ShortBits && value.TryFormat(digits, out int length, provider: CultureInfo.InvariantCulture)
                ? digits[..length]
                : value.ToString(CultureInfo.InvariantCulture);
        Ascii.FromUtf16(text, writer.GetSpan(text.Length), out int written);
        writer.Advance(written);
        writer.WriteRaw("\"]"u8);
    }

    /// <summary>Writes an integer of at most 128 bits.</summary>
    public static void Write<T>(ExpressionWriter writer, T value)
        where T : IUtf8SpanFormattable
    {
        writer.WriteRaw("[\"bigint\",\""u8);
        value.TryFormat(writer.GetSpan(MaxDigits), out int length, default, CultureInfo.InvariantCulture);
        writer.Advance(length);
        writer.WriteRaw("\"]"u8);
    }

    public override void Scan(ref Utf8JsonReader reader, in FormPlace place, ref MentionList mentions)
    {
        FormGrammar.String(ref reader, Name, "digits");
        BigIntText.Check(in reader, place.Limits);
        mentions.AddConversion(ConversionUnits(in reader), place.Limits);
        FormGrammar.SkipToEnd(ref reader);
    }

    // To read and write n digits takes a time that grows faster than n: 1 µs for 64 digits, 4 ms for 16 384.
    public override long ConversionUnits(ref readonly Utf8JsonReader reader)
    {
        const int DigitsPerUnit = 3;
        const int SquaresPerUnit = 6144;
        long digits = reader.ValueSpan.Length;
        return (digits / DigitsPerUnit) + (digits * digits / SquaresPerUnit);
    }

    public override object Read(ref Utf8JsonReader reader, int start) => Read(ref reader);

    /// <summary>Reads a form that has been scanned. Moves the reader from the type code to the closing bracket.</summary>
    public static BigInteger Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        BigInteger value = BigIntText.Parse(JsonText.Read(in reader));
        FormGrammar.SkipToEnd(ref reader);
        return value;
    }
}
