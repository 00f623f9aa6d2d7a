using System.Buffers;
using System.Text.Encodings.Web;

namespace WorkerRpc.CapnWeb.Values.Text;

/// <summary>
/// Escapes the same characters as <c>JSON.stringify</c>: quotes, backslashes, control characters and lone surrogates. Most strings have no
/// such character, so the search for one is vectorised.
/// </summary>
internal sealed unsafe class CanonicalEncoder : JavaScriptEncoder
{
    public static readonly CanonicalEncoder Instance = new();

    private const int EscapeLength = 6;

    private const string Escaped =
        "\"\\\0\u0001\u0002\u0003\u0004\u0005\u0006\a\b\t\n\v\f\r\u000e\u000f"
        + "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f";

    // The ASCII characters that need no escape. One vectorised search with them is enough for most strings.
    private static readonly SearchValues<char> s_plainAscii =
        SearchValues.Create([.. Enumerable.Range(' ', 0x80 - ' ').Select(unit => (char)unit).Except(Escaped)]);

    private static readonly SearchValues<char> s_escapedUnits = SearchValues.Create(Escaped);
    private static readonly SearchValues<byte> s_escapedBytes = SearchValues.Create([.. Escaped.Select(unit => (byte)unit)]);

    private CanonicalEncoder()
    {
    }

    public override int MaxOutputCharactersPerInputCharacter => EscapeLength;

    /// <summary>Returns the index of the first UTF-16 unit that needs an escape. Returns −1 if there is none.</summary>
    public static int IndexOfEscaped(ReadOnlySpan<char> text)
    {
        int beyond = text.IndexOfAnyExcept(s_plainAscii);
        if (beyond < 0 || char.IsAscii(text[beyond]))
        {
            return beyond;
        }

        int found = IndexOfEscapedBeyondAscii(text[beyond..]);
        return found < 0 ? -1 : beyond + found;
    }

    /// <summary>Writes the escape of one UTF-16 unit, at most six characters, and returns its length.</summary>
    public static int Escape(char unit, Span<char> destination)
    {
        char shortForm = ShortForm(unit);
        destination[0] = '\\';
        if (shortForm != '\0')
        {
            destination[1] = shortForm;
            return 2;
        }

        destination[1] = 'u';
        ((int)unit).TryFormat(destination[2..], out _, "x4", null);
        return EscapeLength;
    }

    public override int FindFirstCharacterToEncode(char* text, int textLength) => IndexOfEscaped(new ReadOnlySpan<char>(text, textLength));

    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text) => utf8Text.IndexOfAny(s_escapedBytes);

    public override bool WillEncode(int unicodeScalar) => unicodeScalar < ' ' || unicodeScalar is '"' or '\\';

    public override bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        if (bufferLength < EscapeLength)
        {
            numberOfCharactersWritten = 0;
            return false;
        }

        numberOfCharactersWritten = Escape((char)unicodeScalar, new Span<char>(buffer, bufferLength));
        return true;
    }

    public override OperationStatus Encode(
        ReadOnlySpan<char> source, Span<char> destination, out int charsConsumed, out int charsWritten, bool isFinalBlock = true)
    {
        charsConsumed = 0;
        charsWritten = 0;
        while (charsConsumed < source.Length)
        {
            ReadOnlySpan<char> rest = source[charsConsumed..];
            int plain = IndexOfEscaped(rest);
            int copied = plain < 0 ? rest.Length : plain;
            if (destination.Length - charsWritten < copied + (plain < 0 ? 0 : EscapeLength))
            {
                return OperationStatus.DestinationTooSmall;
            }

            rest[..copied].CopyTo(destination[charsWritten..]);
            charsConsumed += copied;
            charsWritten += copied;
            if (plain >= 0)
            {
                charsWritten += Escape(rest[plain], destination[charsWritten..]);
                charsConsumed++;
            }
        }

        return OperationStatus.Done;
    }

    private static int IndexOfEscapedBeyondAscii(ReadOnlySpan<char> text)
    {
        int first = text.IndexOfAny(s_escapedUnits);
        int lone = IndexOfLoneSurrogate(first < 0 ? text : text[..first]);
        return lone < 0 ? first : lone;
    }

    private static int IndexOfLoneSurrogate(ReadOnlySpan<char> text)
    {
        int from = 0;
        while (true)
        {
            int found = text[from..].IndexOfAnyInRange('\uD800', '\uDFFF');
            if (found < 0)
            {
                return -1;
            }

            int at = from + found;
            if (!char.IsHighSurrogate(text[at]) || at + 1 == text.Length || !char.IsLowSurrogate(text[at + 1]))
            {
                return at;
            }

            from = at + 2;
        }
    }

    private static char ShortForm(char unit) => unit switch
    {
        '"' or '\\' => unit,
        '\b' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\f' => 'f',
        '\r' => 'r',
        _ => '\0',
    };
}
