using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// Grammar checks that several forms use. They throw <see cref="RpcValueException"/>: for a malformed value only the call fails. A
/// reference form converts the exception to one that ends the session, because the tables of the two sides may then differ.
/// </summary>
internal static class FormGrammar
{
    /// <summary>Moves to the next element of the array. Returns false at the array's closing bracket.</summary>
    public static bool Next(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType != JsonTokenType.EndArray;

    /// <summary>Skips the remaining elements, because the protocol ignores additional ones. Moves to the closing bracket.</summary>
    public static void SkipToEnd(ref Utf8JsonReader reader)
    {
        while (Next(ref reader))
        {
            reader.Skip();
        }
    }

    /// <summary>Moves to the closing bracket. Any other token is an error.</summary>
    public static void End(ref Utf8JsonReader reader, string form)
    {
        if (Next(ref reader))
        {
            throw new RpcValueException($"Malformed {form}: it has an element too many.");
        }
    }

    public static void Expect(in Utf8JsonReader reader, JsonTokenType type, string form, string part)
    {
        if (reader.TokenType != type)
        {
            throw Malformed(form, part, TokenText.Of(type), in reader);
        }
    }

    /// <summary>Moves to the next element, which must be a string.</summary>
    public static void String(ref Utf8JsonReader reader, string form, string part)
    {
        reader.Read();
        Expect(in reader, JsonTokenType.String, form, part);
    }

    /// <summary>Moves to the next element, which must be an integer.</summary>
    public static long Id(ref Utf8JsonReader reader, string form)
    {
        reader.Read();
        Expect(in reader, JsonTokenType.Number, form, "an id");
        return JsonNumber.TryGetInteger(in reader, out long id) ? id : throw Malformed(form, "an id", "an integer", in reader);
    }

    /// <summary>Checks the path at the reader's position, which must be an array of strings and numbers.</summary>
    public static TextRange Path(ref Utf8JsonReader reader, string form, RpcLimits limits, ref MentionList mentions)
    {
        int parts = 0;
        Expect(in reader, JsonTokenType.StartArray, form, "a path");
        int start = (int)reader.TokenStartIndex;
        while (Next(ref reader))
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
            {
                throw Malformed(form, "a part of its path", "a string or a number", in reader);
            }

            parts++;
        }

        if (parts > limits.MaxPathParts)
        {
            mentions.Fault ??= TooLongPath(limits.MaxPathParts);
        }

        return RangeFrom(start, in reader);
    }

    /// <summary>Creates the error of a call with too long a path.</summary>
    public static RpcException TooLongPath(int limit) =>
        new(RpcErrorTypes.RangeError, $"A property path is too long: at most {limit} parts are accepted.");

    /// <summary>Returns the range from an offset to the end of the reader's current token.</summary>
    public static TextRange RangeFrom(int start, in Utf8JsonReader reader) => new(start, (int)reader.BytesConsumed - start);

    public static RpcValueException Malformed(string form, string part, string accepted, in Utf8JsonReader reader) =>
        new($"Malformed {form}: expected {accepted} as {part}, got {TokenText.Of(reader.TokenType)}.");
}
