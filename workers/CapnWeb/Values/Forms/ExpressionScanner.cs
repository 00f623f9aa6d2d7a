using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>Walks an expression once: its grammar, its limits, and the references that it mentions.</summary>
internal static class ExpressionScanner
{
    // A level of a value takes up to two of JSON (an escaped array, an error's properties, a call's arguments), and a
    // message some more around it.
    private const int JsonLevelsPerLevel = 2;
    private const int JsonLevelsAround = 32;

    /// <summary>Levels of JSON that a value within the limits can have.</summary>
    public static int MaxJsonDepth(RpcLimits limits) => (JsonLevelsPerLevel * limits.MaxDepth) + JsonLevelsAround;

    /// <summary>A reader with the depth that the limits ask for. Invalid JSON throws JsonException: map it by <see cref="Malformed"/>.</summary>
    public static Utf8JsonReader Read(ReadOnlySpan<byte> text, RpcLimits limits) =>
        new(text, new JsonReaderOptions { MaxDepth = MaxJsonDepth(limits) });

    /// <summary>Scans a text that holds one expression and nothing else.</summary>
    public static void ScanAll(ReadOnlySpan<byte> text, RpcLimits limits, ref MentionList mentions, int depth = 0)
    {
        try
        {
            Utf8JsonReader reader = Read(text, limits);
            reader.Read();
            Scan(ref reader, limits, ref mentions, depth);
            reader.Read();
        }
        catch (JsonException error)
        {
            throw Malformed(error);
        }
    }

    /// <summary>
    /// Scans the expression whose first token the reader stands on, and leaves the reader on its last. Depth is 0 for a
    /// pushed or resolved expression. Throws RpcProtocolException; well-formed forms of later parts only set
    /// <see cref="MentionList.Refused"/>.
    /// </summary>
    public static void Scan(ref Utf8JsonReader reader, RpcLimits limits, ref MentionList mentions, int depth = 0)
    {
        if (depth >= limits.MaxDepth)
        {
            throw new RpcProtocolException($"The message is nested too deep: at most {limits.MaxDepth} levels are accepted.");
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                ScanMembers(ref reader, limits, ref mentions, depth + 1);
                break;
            case JsonTokenType.StartArray:
                ScanSpecial(ref reader, limits, ref mentions, depth);
                break;
        }
    }

    /// <summary>Scans a bare array of expressions (arguments, instructions), each one deeper than the array.</summary>
    public static void ScanArray(ref Utf8JsonReader reader, RpcLimits limits, ref MentionList mentions, int depth = 0)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new RpcProtocolException($"Expected an array of expressions, got {TokenText.Of(reader.TokenType)}.");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Scan(ref reader, limits, ref mentions, depth + 1);
        }
    }

    /// <summary>The abort for text that is no JSON.</summary>
    public static RpcProtocolException Malformed(JsonException error) =>
        new($"The message is no valid JSON at byte {error.BytePositionInLine ?? 0} of line {(error.LineNumber ?? 0) + 1}.", RpcErrorTypes.SyntaxError, error);

    /// <summary>The rejection for a form of a later part.</summary>
    public static RpcValueException Refusal(string form) =>
        new($"'{form}' is not supported: streams, blobs and Fetch types cannot be received yet.");

    private static void ScanMembers(ref Utf8JsonReader reader, RpcLimits limits, ref MentionList mentions, int depth)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            reader.Read();
            Scan(ref reader, limits, ref mentions, depth);
        }
    }

    private static void ScanSpecial(ref Utf8JsonReader reader, RpcLimits limits, ref MentionList mentions, int depth)
    {
        int start = (int)reader.TokenStartIndex;
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            ScanArray(ref reader, limits, ref mentions, depth);
            FormGrammar.End(ref reader, "array");
            return;
        }

        ValueForm form = ValueForms.Find(in reader)
            ?? throw new RpcProtocolException("Unknown special value: an array that begins with no type code of the protocol.");
        form.Scan(ref reader, new FormPlace(start, depth, limits), ref mentions);
    }
}
