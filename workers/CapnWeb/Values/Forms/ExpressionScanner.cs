using System.Runtime.CompilerServices;
using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>Checks the grammar and the limits of an expression, and lists the references in it.</summary>
internal static class ExpressionScanner
{
    // One level of a value is up to two levels of JSON, for example in an escaped array, an error's properties or a call's arguments. The
    // message around the value adds a few more levels.
    private const int JsonLevelsPerLevel = 2;
    private const int JsonLevelsAround = 32;

    // The stack is checked at every 16th level. A level takes less than 1 KB, and the check leaves 128 KB.
    private const int StackCheckMask = 15;

    /// <summary>Returns the maximum nesting of JSON for a value within the limits.</summary>
    public static int MaxJsonDepth(RpcLimits limits) => (JsonLevelsPerLevel * limits.MaxDepth) + JsonLevelsAround;

    /// <summary>Creates a JSON reader. The reader throws JsonException for invalid JSON, which <see cref="Malformed"/> converts.</summary>
    public static Utf8JsonReader Read(ReadOnlySpan<byte> text, RpcLimits limits) =>
        new(text, new JsonReaderOptions { MaxDepth = MaxJsonDepth(limits) });

    /// <summary>Scans a text that must be one whole expression.</summary>
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
    /// Scans one expression. Moves the reader from the expression's first token to its last. A form that only makes its call fail is not an
    /// error here: the call's error is stored in <see cref="MentionList.Fault"/>.
    /// </summary>
    /// <param name="reader">The reader, at the first token of the expression.</param>
    /// <param name="limits">The session's limits.</param>
    /// <param name="mentions">The list to which the references in the expression are added.</param>
    /// <param name="depth">The nesting depth of the expression in its message. It is 0 for a pushed or resolved expression.</param>
    /// <exception cref="RpcProtocolException">
    /// A reference or an array is malformed, or the expression exceeds a limit. This ends the session.
    /// </exception>
    public static void Scan(ref Utf8JsonReader reader, RpcLimits limits, ref MentionList mentions, int depth = 0)
    {
        if (depth >= limits.MaxDepth || ((depth & StackCheckMask) == StackCheckMask && !RuntimeHelpers.TryEnsureSufficientExecutionStack()))
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

    /// <summary>
    /// Scans an array that has no type code, such as the arguments of a call. Its elements are one level deeper than the array.
    /// </summary>
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

    /// <summary>Creates the error that ends the session when a text is not valid JSON.</summary>
    public static RpcProtocolException Malformed(JsonException error) =>
        new(
            $"The message is no valid JSON at byte {error.BytePositionInLine ?? 0} of line {(error.LineNumber ?? 0) + 1}.",
            RpcErrorTypes.SyntaxError,
            error);

    /// <summary>Creates the error of a call that uses a form which this library does not support yet.</summary>
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
        int level = reader.CurrentDepth;
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            ScanArray(ref reader, limits, ref mentions, depth);
            if (FormGrammar.Next(ref reader))
            {
                throw new RpcProtocolException("Malformed array: it has an element too many.");
            }

            return;
        }

        if (reader.TokenType != JsonTokenType.String)
        {
            throw new RpcProtocolException("Unknown special value: an array that begins with no type code of the protocol.");
        }

        ValueForm? form = ValueForms.Find(in reader);
        var place = new FormPlace(start, depth, limits);
        if (form is ReferenceForm reference)
        {
            reference.Scan(ref reader, place, ref mentions);
        }
        else
        {
            ScanValue(form, ref reader, level, place, ref mentions);
        }
    }

    /// <summary>Scans a form that is a value. If it is unknown or malformed, only the call fails.</summary>
    private static void ScanValue(ValueForm? form, ref Utf8JsonReader reader, int level, in FormPlace place, ref MentionList mentions)
    {
        if (form is null)
        {
            mentions.Fault ??= Unknown(JsonText.Read(in reader));
        }
        else if (mentions.Fault is null)
        {
            try
            {
                form.Scan(ref reader, place, ref mentions);
                return;
            }
            catch (RpcValueException malformed)
            {
                mentions.Fault = malformed;
            }
        }

        // After the first fault, other value forms are only skipped: the exceptions of many malformed forms would cost much time.
        while (reader.TokenType != JsonTokenType.EndArray || reader.CurrentDepth != level)
        {
            reader.Read();
        }
    }

    private static RpcValueException Unknown(string code)
    {
        const int MaxShown = 32;
        return new($"'{(code.Length <= MaxShown ? code : code[..MaxShown])}' is not supported: no value form has this name.");
    }
}
