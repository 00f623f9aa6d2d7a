namespace WorkerRpc.CapnWeb.Values;

/// <summary>The properties of an error that the protocol handles in a special way.</summary>
internal static class ErrorMembers
{
    public const string Cause = "cause";
    public const string Errors = "errors";
    public const string Code = "code";

    /// <summary>
    /// Whether the name is <c>name</c>, <c>message</c> or <c>stack</c>. Every error has these three, so the wire format does not list them
    /// as properties.
    /// </summary>
    public static bool IsIgnored(string name) => name is "name" or "message" or "stack";
}
