using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// Reads the beginning of a form for converters. The error messages say what was expected. System.Text.Json adds the path to them.
/// </summary>
internal static class FormReader
{
    /// <summary>
    /// Moves from an expression's first token to the form's type code. Returns null for an array value, whose elements follow, and for an
    /// unknown code.
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

    /// <summary>Moves to the type code. Any code other than that of the given form is an error.</summary>
    public static void Begin(ref Utf8JsonReader reader, ValueForm form, string expected) =>
        Expect(Begin(ref reader, expected) is var given && given == form, expected, given);

    public static RefusedValueException Unexpected(string expected, string given) => new($"expected {expected}, got {given}");
}
