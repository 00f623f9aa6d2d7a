using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// Reads the beginning of a form for converters. The errors name what was expected; System.Text.Json adds the path.
/// </summary>
internal static class FormReader
{
    /// <summary>
    /// Moves from an expression's first token to the form's type code. Null for an array value, whose elements come next, and
    /// for an unknown code.
    /// </summary>
    public static ValueForm? Begin(ref Utf8JsonReader reader, string expected)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Unexpected(expected, TokenText.Of(reader.TokenType));
        }

        reader.Read();
        return ValueForms.Find(in reader);
    }

    public static void Expect(bool isExpected, string expected, ValueForm? given)
    {
        if (!isExpected)
        {
            throw Unexpected(expected, given?.Name ?? "array");
        }
    }

    /// <summary>Moves to the type code, which must be that of this form.</summary>
    public static void Begin(ref Utf8JsonReader reader, ValueForm form, string expected) =>
        Expect(Begin(ref reader, expected) is var given && given == form, expected, given);

    public static JsonException Unexpected(string expected, string given) => new($"expected {expected}, got {given}");
}
