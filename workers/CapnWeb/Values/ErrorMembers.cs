using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values;

/// <summary>The properties of an error that the protocol handles in a special way.</summary>
internal static class ErrorMembers
{
    public const string Cause = "cause";
    public const string Errors = "errors";
    public const string Code = "code";

    /// <summary>
    /// Whether the reader's current token is <c>name</c>, <c>message</c> or <c>stack</c>. Every error has these three, so the wire format
    /// does not list them as properties.
    /// </summary>
    public static bool IsIgnored(ref readonly Utf8JsonReader reader) =>
        reader.ValueTextEquals("name"u8) || reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("stack"u8);

    /// <inheritdoc cref="IsIgnored(ref readonly Utf8JsonReader)"/>
    public static bool IsIgnored(string name) => name is "name" or "message" or "stack";
}
