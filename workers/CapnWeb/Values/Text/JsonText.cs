using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values.Text;

/// <summary>
/// Reads JSON strings like JavaScript: an escaped lone surrogate is kept. Utf8JsonReader would throw an exception for it.
/// </summary>
internal static class JsonText
{
    private const int MaxBytesPerUnit = 6;

    /// <summary>Reads the string or member name at the reader's position.</summary>
    public static string Read(ref readonly Utf8JsonReader reader) =>
        reader.ValueIsEscaped ? Unescape(reader.ValueSpan) : Encoding.UTF8.GetString(reader.ValueSpan);

    /// <summary>Returns the length of the string at the reader's position, in UTF-16 code units.</summary>
    public static int Length(ref readonly Utf8JsonReader reader) =>
        reader.ValueIsEscaped ? Unescape(reader.ValueSpan).Length : Encoding.UTF8.GetCharCount(reader.ValueSpan);

    /// <summary>Whether the string or member name at the reader's position is this text, which must be ASCII.</summary>
    public static bool Is(ref readonly Utf8JsonReader reader, ReadOnlySpan<byte> ascii) =>
        reader.ValueIsEscaped
            ? MayHaveLength(reader.ValueSpan.Length, ascii.Length) && Encoding.UTF8.GetBytes(Read(in reader)).AsSpan().SequenceEqual(ascii)
            : reader.ValueSpan.SequenceEqual(ascii);

    /// <summary>Whether the string or member name at the reader's position is this text.</summary>
    public static bool Is(ref readonly Utf8JsonReader reader, string text) =>
        MayHaveLength(reader.ValueSpan.Length, text.Length)
        && (reader.ValueIsEscaped || !Ascii.IsValid(reader.ValueSpan) ? Read(in reader) == text : Ascii.Equals(reader.ValueSpan, text));

    // A UTF-16 code unit takes one to six bytes: six as an escape. So most other texts are not converted.
    private static bool MayHaveLength(int bytes, int units) => bytes >= units && bytes <= MaxBytesPerUnit * units;

    private static string Unescape(ReadOnlySpan<byte> escaped)
    {
        char[] room = ArrayPool<char>.Shared.Rent(escaped.Length);
        try
        {
            return new string(room, 0, Unescape(escaped, room));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(room);
        }
    }

    // Replaces the escapes in a string. The JSON reader has already checked that every escape is complete.
    private static int Unescape(ReadOnlySpan<byte> escaped, Span<char> destination)
    {
        int length = 0;
        while (true)
        {
            int backslash = escaped.IndexOf((byte)'\\');
            ReadOnlySpan<byte> plain = backslash < 0 ? escaped : escaped[..backslash];
            length += Encoding.UTF8.GetChars(plain, destination[length..]);
            if (backslash < 0)
            {
                return length;
            }

            byte code = escaped[backslash + 1];
            bool isUnit = code == 'u';
            destination[length++] = isUnit ? Unit(escaped.Slice(backslash + 2, 4)) : Character(code);
            escaped = escaped[(backslash + (isUnit ? 6 : 2))..];
        }
    }

    private static char Unit(ReadOnlySpan<byte> hex) =>
        (char)ushort.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static char Character(byte code) => code switch
    {
        (byte)'b' => '\b',
        (byte)'t' => '\t',
        (byte)'n' => '\n',
        (byte)'f' => '\f',
        (byte)'r' => '\r',
        _ => (char)code,
    };
}
