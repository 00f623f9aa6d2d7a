using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values.Text;

/// <summary>Names tokens for error messages.</summary>
internal static class TokenText
{
    public static string Of(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String or JsonTokenType.PropertyName => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        JsonTokenType.Null => "null",
        _ => "nothing",
    };
}
