using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values.Text;

/// <summary>
/// Parses integers like JavaScript's <c>BigInt()</c>: decimal digits with an optional sign, or digits after 0x, 0o or 0b without a sign.
/// White space before and after the number is ignored. An empty string is 0.
/// </summary>
internal static class BigIntText
{
    private const int BinaryBase = 2;
    private const int OctalBase = 8;
    private const int HexBase = 16;

    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Checks the length and the digits of the string at the reader's position.</summary>
    public static void Check(in Utf8JsonReader reader, RpcLimits limits)
    {
        if (JsonText.Length(in reader) > limits.MaxBigIntDigits)
        {
            throw new RpcProtocolException($"A bigint is too long: at most {limits.MaxBigIntDigits} digits are accepted.");
        }

        if (IsPlain(in reader))
        {
            return;
        }

        if (!TrySplit(JsonText.Read(in reader), out _, out _, out _))
        {
            throw new RpcValueException("Malformed bigint: expected an integer in decimal, 0x, 0o or 0b form.");
        }
    }

    /// <summary>Parses text that <see cref="Check"/> has accepted.</summary>
    public static BigInteger Parse(string text)
    {
        if (!TrySplit(text, out bool isNegative, out int numberBase, out ReadOnlySpan<char> digits))
        {
            throw new RefusedValueException("expected an integer as bigint");
        }

        BigInteger magnitude = digits.IsEmpty ? BigInteger.Zero : numberBase switch
        {
            // A 0 is added in front. Without it, .NET reads a first hex digit from 8 on, or a first binary digit 1, as a negative number.
            HexBase => BigInteger.Parse($"0{digits}", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            BinaryBase => BigInteger.Parse($"0{digits}", NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture),
            OctalBase => ParseOctal(digits),
            _ => BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture),
        };
        return isNegative ? -magnitude : magnitude;
    }

    // Whether the text is decimal digits after an optional minus sign. This usual case is detected without creating a string.
    private static bool IsPlain(in Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> digits = reader.ValueSpan;
        digits = digits is [(byte)'-', ..] ? digits[1..] : digits;
        return !digits.IsEmpty && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    private static bool TrySplit(string text, out bool isNegative, out int numberBase, out ReadOnlySpan<char> digits)
    {
        // Trim differs from JavaScript for two characters: it also removes U+0085, and it does not remove U+FEFF.
        digits = text.AsSpan().Trim();
        isNegative = false;
        numberBase = 10;
        if (digits.IsEmpty)
        {
            return true;
        }

        if (digits.Length > 1 && digits[0] == '0' && !char.IsAsciiDigit(digits[1]))
        {
            numberBase = char.ToLowerInvariant(digits[1]) switch { 'x' => HexBase, 'o' => OctalBase, 'b' => BinaryBase, _ => 0 };
            digits = digits[2..];
        }
        else if (digits[0] is '-' or '+')
        {
            isNegative = digits[0] == '-';
            digits = digits[1..];
        }

        return !digits.IsEmpty && AreDigits(digits, numberBase);
    }

    private static bool AreDigits(ReadOnlySpan<char> digits, int numberBase) => numberBase switch
    {
        HexBase => !digits.ContainsAnyExcept(s_hexDigits),
        BinaryBase => !digits.ContainsAnyExceptInRange('0', '1'),
        OctalBase => !digits.ContainsAnyExceptInRange('0', '7'),
        0 => false,
        _ => !digits.ContainsAnyExceptInRange('0', '9'),
    };

    private static BigInteger ParseOctal(ReadOnlySpan<char> digits)
    {
        const int BitsPerDigit = 3;
        char[] bits = new char[1 + (digits.Length * BitsPerDigit)];
        bits[0] = '0';
        for (int index = 0; index < digits.Length; index++)
        {
            (digits[index] - '0').TryFormat(bits.AsSpan(1 + (index * BitsPerDigit)), out _, "b3", CultureInfo.InvariantCulture);
        }

        return BigInteger.Parse(bits, NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture);
    }
}
