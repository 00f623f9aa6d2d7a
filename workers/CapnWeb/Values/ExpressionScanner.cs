using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values;

/// <summary>Walks an expression once: its grammar, its limits, and the references that it mentions.</summary>
internal static class ExpressionScanner
{
    /// <summary>A reader with the depth that the limits ask for. Invalid JSON throws JsonException: map it by <see cref="Malformed"/>.</summary>
    public static Utf8JsonReader Read(ReadOnlySpan<byte> text, RpcLimits limits) => throw new NotImplementedException();

    /// <summary>
    /// Scans the expression whose first token the reader stands on, and leaves the reader on its last. Depth is 0 for a
    /// pushed or resolved expression. Throws RpcProtocolException; well-formed forms of later parts only set
    /// <see cref="MentionList.Refused"/>.
    /// </summary>
    public static void Scan(ref Utf8JsonReader reader, RpcLimits limits, ref MentionList mentions, int depth = 0) => throw new NotImplementedException();

    /// <summary>Scans a bare array of expressions (arguments, instructions), each one deeper than the array.</summary>
    public static void ScanArray(ref Utf8JsonReader reader, RpcLimits limits, ref MentionList mentions, int depth = 0) => throw new NotImplementedException();

    /// <summary>The abort for text that is no JSON.</summary>
    public static RpcProtocolException Malformed(JsonException error) => throw new NotImplementedException();

    /// <summary>The rejection for a form of a later part.</summary>
    public static RpcValueException Refusal(string form) => throw new NotImplementedException();
}
