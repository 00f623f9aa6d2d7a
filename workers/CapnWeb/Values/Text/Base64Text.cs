using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values.Text;

/// <summary>
/// Reads and writes Base64. It is written without padding, like in the npm package. It is read like in Node: padding and invalid characters
/// are skipped, and both alphabets are accepted.
/// </summary>
internal static class Base64Text
{
    private const int CharactersPerGroup = 4;
    private const int BytesPerGroup = 3;
    private const int BitsPerCharacter = 6;
    private const int BitsPerByte = 8;

    private static readonly SearchValues<byte> s_alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    private static readonly SearchValues<byte> s_eitherAlphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"u8);

    public static void Write(ExpressionWriter writer, ReadOnlySpan<byte> bytes)
    {
        Span<byte> room = writer.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length));
        Base64.EncodeToUtf8(bytes, room, out _, out int written);
        writer.Advance(room[..written].TrimEnd((byte)'=').Length);
    }

    /// <summary>Decodes the string at the reader's position.</summary>
    public static byte[] Read(in Utf8JsonReader reader) =>
        Decode(reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(JsonText.Read(in reader)) : reader.ValueSpan);

    /// <summary>Returns the number of bytes that <see cref="Read"/> returns.</summary>
    public static int DecodedLength(in Utf8JsonReader reader) =>
        DecodedLength(Clean(reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(JsonText.Read(in reader)) : reader.ValueSpan).Length);

    private static byte[] Decode(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> clean = Clean(text);
        byte[] bytes = new byte[DecodedLength(clean.Length)];
        int whole = clean.Length / CharactersPerGroup * CharactersPerGroup;
        Base64.DecodeFromUtf8(clean[..whole], bytes, out _, out int written);
        DecodeRest(clean[whole..], bytes.AsSpan(written));
        return bytes;
    }

    // Returns the number of bytes for a number of characters. A single left-over character has only 6 bits and gives no byte.
    private static int DecodedLength(int characters) =>
        (characters / CharactersPerGroup * BytesPerGroup) + (characters % CharactersPerGroup * BitsPerCharacter / BitsPerByte);

    private static ReadOnlySpan<byte> Clean(ReadOnlySpan<byte> text)
    {
        text = text.TrimEnd((byte)'=');
        return text.ContainsAnyExcept(s_alphabet) ? Filter(text) : text;
    }

    private static byte[] Filter(ReadOnlySpan<byte> text)
    {
        List<byte> clean = new(text.Length);
        foreach (byte character in text)
        {
            if (s_eitherAlphabet.Contains(character))
            {
                clean.Add(character switch { (byte)'-' => (byte)'+', (byte)'_' => (byte)'/', _ => character });
            }
        }

        return [.. clean];
    }

    private static void DecodeRest(ReadOnlySpan<byte> characters, Span<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        Span<byte> group = stackalloc byte[CharactersPerGroup];
        Span<byte> decoded = stackalloc byte[BytesPerGroup];
        group.Fill((byte)'A');
        characters.CopyTo(group);
        Base64.DecodeFromUtf8(group, decoded, out _, out _);
        decoded[..bytes.Length].CopyTo(bytes);
    }
}
