using System.Globalization;
using System.Numerics;
using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>The form <c>["bigint", digits]</c>, which is an integer.</summary>
internal sealed class BigIntForm : ValueForm
{
    public static readonly BigIntForm Instance = new();

    // The maximum number of characters of a 128-bit integer, including its sign.
    private const int MaxDigits = 40;

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
        Span<char> digits = stackalloc char[64];
        ReadOnlySpan<char> text = value.TryFormat(digits, out int length, provider: CultureInfo.InvariantCulture)
            ? digits[..length]
            : value.ToString(CultureInfo.InvariantCulture);
        foreach (char digit in text)
        {
            writer.WriteRaw((byte)digit);
        }

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
        CountDigits(reader.ValueSpan.Length, place.Limits, ref mentions);
        FormGrammar.SkipToEnd(ref reader);
    }

    // The time of a conversion grows faster than the number of digits: 0.5 ms for 16 384 digits.
    private static void CountDigits(int digits, RpcLimits limits, ref MentionList mentions)
    {
        const int ShortDigits = 64;
        const int LongestInMessage = 32;
        mentions.BigIntDigits += digits > ShortDigits ? digits : 0;
        if (mentions.BigIntDigits > (long)LongestInMessage * limits.MaxBigIntDigits)
        {
            mentions.Fault ??= new RpcException(
                RpcErrorTypes.RangeError,
                $"The message has too many digits of bigints: at most {LongestInMessage} times {limits.MaxBigIntDigits} are accepted.");
        }
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
