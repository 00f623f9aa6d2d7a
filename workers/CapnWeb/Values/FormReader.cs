using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values;

/// <summary>
/// Helps converters over a form's beginning. What they throw says what was expected; System.Text.Json adds the path.
/// </summary>
internal static class FormReader
{
    /// <summary>Steps from an expression's first token onto the form's code; the array value's own code is Unknown.</summary>
    public static FormCode Begin(ref Utf8JsonReader reader, string expected)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Unexpected(expected, TokenText.Of(reader.TokenType));
        }

        reader.Read();
        return reader.TokenType == JsonTokenType.StartArray ? FormCode.Unknown : FormCodes.Of(in reader);
    }

    public static void Expect(bool isExpected, string expected, FormCode given)
    {
        if (!isExpected)
        {
            throw Unexpected(expected, given.Name());
        }
    }

    /// <summary>Steps onto the code of a form that must be this one.</summary>
    public static void Begin(ref Utf8JsonReader reader, FormCode code, string expected) =>
        Expect(Begin(ref reader, expected) is var given && given == code, expected, given);

    public static JsonException Unexpected(string expected, string given) => new($"expected {expected}, got {given}");
}
