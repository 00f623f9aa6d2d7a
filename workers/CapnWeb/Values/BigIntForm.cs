using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values;

/// <summary>The form of a bigint.</summary>
internal static class BigIntForm
{
    // Of a 128-bit integer, with its sign.
    private const int MaxDigits = 40;

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

    /// <summary>Reads the form from behind its code to its end.</summary>
    public static BigInteger Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        BigInteger value = BigIntText.Parse(JsonText.Read(in reader));
        FormGrammar.SkipToEnd(ref reader);
        return value;
    }
}
