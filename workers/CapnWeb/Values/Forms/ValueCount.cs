using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>Counts the values in a JSON text: literals, objects, arrays and their elements and members.</summary>
internal static class ValueCount
{
    /// <summary>
    /// Returns a number that is not below the number of values. Commas and brackets within strings make it too large. The search is
    /// vectorised.
    /// </summary>
    public static int AtMost(ReadOnlySpan<byte> text) =>
        text.IsEmpty || text[0] == (byte)'"'
            ? 1
            : 1 + text.Count((byte)',') + text.Count((byte)'[') + text.Count((byte)'{');

    /// <summary>Whether the text has more values than the limit. The text may be invalid JSON.</summary>
    public static bool Exceeds(ReadOnlySpan<byte> text, int limit) =>
        // A value takes at least one byte, so that a short text needs no count.
        text.Length > limit && AtMost(text) > limit && IsAbove(text, limit);

    private static bool IsAbove(ReadOnlySpan<byte> text, int limit)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = int.MaxValue });
        int count = 0;
        try
        {
            while (count <= limit && reader.Read())
            {
                count += reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.EndArray or JsonTokenType.EndObject ? 0 : 1;
            }
        }
        catch (JsonException)
        {
            // The text is refused later, where its error is reported.
        }

        return count > limit;
    }
}
