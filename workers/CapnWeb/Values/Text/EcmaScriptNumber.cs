using System.Buffers.Text;
using System.Globalization;

namespace WorkerRpc.CapnWeb.Values.Text;

/// <summary>
/// Formats numbers like ECMAScript's <c>Number::toString</c>. .NET finds the same shortest digits, but would print some numbers as
/// <c>1E+21</c>, <c>1E-05</c> or <c>-0</c>.
/// </summary>
internal static class EcmaScriptNumber
{
    /// <summary>
    /// The maximum length of a formatted number or form. A number has at most 17 digits after <c>-0.000000</c>, or 21 digits and a sign.
    /// </summary>
    public const int MaxLength = 32;

    /// <summary>2^53 − 1. Up to this value, a double represents every integer exactly.</summary>
    public const long MaxSafeInteger = (1L << 53) - 1;

    // ECMAScript prints an exponent if the decimal point would be further to the right or left than these two limits.
    private const int MaxPlainPoint = 21;
    private const int MinPlainPoint = -5;

    /// <summary>Formats a double. Infinity and NaN are written as their special forms. Returns the length in bytes.</summary>
    public static int Format(double value, Span<byte> destination)
    {
        if (value == Math.Truncate(value) && Math.Abs(value) <= MaxSafeInteger)
        {
            Utf8Formatter.TryFormat((long)value, destination, out int length);
            return length;
        }

        if (!double.IsFinite(value))
        {
            return Copy(FormOf(value), destination);
        }

        Span<byte> shortest = stackalloc byte[MaxLength];
        value.TryFormat(shortest, out int written, provider: CultureInfo.InvariantCulture);
        return Layout(shortest[..written], destination);
    }

    /// <summary>Formats a float with the digits that a float needs: 0.1f becomes <c>0.1</c>. Returns the length in bytes.</summary>
    public static int Format(float value, Span<byte> destination)
    {
        if (!float.IsFinite(value) || value == MathF.Truncate(value))
        {
            return Format((double)value, destination);
        }

        Span<byte> shortest = stackalloc byte[MaxLength];
        value.TryFormat(shortest, out int written, provider: CultureInfo.InvariantCulture);
        return Layout(shortest[..written], destination);
    }

    private static ReadOnlySpan<byte> FormOf(double value) =>
        double.IsNaN(value) ? "[\"nan\"]"u8 : value > 0 ? "[\"inf\"]"u8 : "[\"-inf\"]"u8;

    private static int Layout(ReadOnlySpan<byte> shortest, Span<byte> destination)
    {
        int length = 0;
        if (shortest[0] == '-')
        {
            destination[length++] = (byte)'-';
            shortest = shortest[1..];
        }

        Span<byte> room = stackalloc byte[MaxLength];
        ReadOnlySpan<byte> digits = Digits(shortest, room, out int point);
        return length + Layout(digits, point, destination[length..]);
    }

    // Returns the significant digits. <paramref name="point"/> is the number of digits before the decimal point. If it is negative, that
    // many zeros follow the point.
    private static ReadOnlySpan<byte> Digits(ReadOnlySpan<byte> shortest, Span<byte> room, out int point)
    {
        int exponentAt = shortest.IndexOf((byte)'E');
        int exponent = exponentAt < 0
            ? 0
            : int.Parse(shortest[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        ReadOnlySpan<byte> mantissa = exponentAt < 0 ? shortest : shortest[..exponentAt];
        int dot = mantissa.IndexOf((byte)'.');
        int whole = dot < 0 ? mantissa.Length : dot;
        mantissa[..whole].CopyTo(room);
        int count = whole;
        if (dot >= 0)
        {
            mantissa[(dot + 1)..].CopyTo(room[whole..]);
            count = mantissa.Length - 1;
        }

        ReadOnlySpan<byte> all = room[..count];
        int leading = all.IndexOfAnyExcept((byte)'0');
        point = whole + exponent - leading;
        return room[leading..count].TrimEnd((byte)'0');
    }

    private static int Layout(ReadOnlySpan<byte> digits, int point, Span<byte> destination) =>
        point > MaxPlainPoint || point < MinPlainPoint ? Exponential(digits, point - 1, destination)
        : point >= digits.Length ? Copy(digits, destination) + Zeros(point - digits.Length, destination[digits.Length..])
        : point > 0 ? Fraction(digits, point, destination)
        : SmallFraction(digits, -point, destination);

    private static int Fraction(ReadOnlySpan<byte> digits, int point, Span<byte> destination)
    {
        digits[..point].CopyTo(destination);
        destination[point] = (byte)'.';
        digits[point..].CopyTo(destination[(point + 1)..]);
        return digits.Length + 1;
    }

    private static int SmallFraction(ReadOnlySpan<byte> digits, int zeros, Span<byte> destination)
    {
        int length = Copy("0."u8, destination);
        length += Zeros(zeros, destination[length..]);
        return length + Copy(digits, destination[length..]);
    }

    private static int Exponential(ReadOnlySpan<byte> digits, int exponent, Span<byte> destination)
    {
        int length = digits.Length == 1 ? Copy(digits, destination) : Fraction(digits, 1, destination);
        length += Copy(exponent < 0 ? "e-"u8 : "e+"u8, destination[length..]);
        Utf8Formatter.TryFormat(Math.Abs(exponent), destination[length..], out int written);
        return length + written;
    }

    private static int Zeros(int count, Span<byte> destination)
    {
        destination[..count].Fill((byte)'0');
        return count;
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        text.CopyTo(destination);
        return text.Length;
    }
}
