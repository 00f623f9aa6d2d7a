using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values;

/// <summary>The form of a bigint.</summary>
internal static class BigIntForm
{
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

    /// <summary>Reads the form from behind its code to its end.</summary>
    public static BigInteger Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        BigInteger value = BigIntText.Parse(JsonText.Read(in reader));
        FormGrammar.SkipToEnd(ref reader);
        return value;
    }
}
