using System.Text;
using System.Text.Json;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Messages;

/// <summary>Reads a whole message as JSON and checks its expression. Only then does the session act on the message.</summary>
internal static class MessageScanner
{
    // 2^53 − 1: the largest integer up to which JavaScript's numbers are exact.
    private const double MaxId = 9007199254740991;

    /// <summary>
    /// Reads a message and lists the references in it. The positions in that list are byte offsets into the message's text.
    /// </summary>
    /// <exception cref="RpcProtocolException">The text is not a valid message, or it exceeds a limit.</exception>
    public static ReceivedMessage Scan(ReadOnlySpan<byte> text, RpcLimits limits, ref MentionList mentions)
    {
        CheckSize(text, limits);
        try
        {
            Utf8JsonReader reader = ExpressionScanner.Read(text, limits);
            ReceivedMessage message = ReadParts(ref reader, limits, ref mentions);
            SkipRest(ref reader);
            return message.Kind is MessageKind.Push or MessageKind.Stream
                ? message with { Call = CallOf(message, text, mentions) }
                : message;
        }
        catch (JsonException error)
        {
            throw ExpressionScanner.Malformed(error);
        }
    }

    private static ReceivedMessage ReadParts(ref Utf8JsonReader reader, RpcLimits limits, ref MentionList mentions)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            throw Bad("expected an array");
        }

        MessageKind kind = KindOf(ref reader);
        long id = kind is MessageKind.Pull or MessageKind.Resolve or MessageKind.Reject or MessageKind.Release
            ? Number(ref reader, "an id")
            : 0;
        long count = kind is MessageKind.Release ? Positive(ref reader) : 0;
        TextRange expression = kind switch
        {
            MessageKind.Push or MessageKind.Stream or MessageKind.Resolve or MessageKind.Reject => Scan(ref reader, limits, ref mentions),
            MessageKind.Abort => ScanOptional(ref reader, limits, ref mentions),
            MessageKind.Pull or MessageKind.Release or MessageKind.Pipe => default,
        };
        return new ReceivedMessage(kind, id, count, expression, default, IsScanned: true);
    }

    private static MethodCall CallOf(in ReceivedMessage message, ReadOnlySpan<byte> text, in MentionList mentions) =>
        mentions is { Count: 1, Fault: null }
            && mentions[0] is { Kind: MentionKind.Pipeline, Arguments.IsMissing: false, Path.IsMissing: false } call
            && call.Form == message.Expression
            && RpcPath.TrySingleName(call.Path, text, out TextRange name)
                ? new MethodCall(call.Id, name, call.Arguments)
                : default;

    private static MessageKind KindOf(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            throw Bad("expected a name first");
        }

        return JsonText.Is(in reader, "push"u8) ? MessageKind.Push
            : JsonText.Is(in reader, "pull"u8) ? MessageKind.Pull
            : JsonText.Is(in reader, "resolve"u8) ? MessageKind.Resolve
            : JsonText.Is(in reader, "release"u8) ? MessageKind.Release
            : JsonText.Is(in reader, "reject"u8) ? MessageKind.Reject
            : JsonText.Is(in reader, "stream"u8) ? MessageKind.Stream
            : JsonText.Is(in reader, "pipe"u8) ? MessageKind.Pipe
            : JsonText.Is(in reader, "abort"u8) ? MessageKind.Abort
            : throw Bad("expected push, pull, resolve, reject, release, stream, pipe or abort");
    }

    private static TextRange Scan(ref Utf8JsonReader reader, RpcLimits limits, ref MentionList mentions)
    {
        TextRange range = ScanOptional(ref reader, limits, ref mentions);
        return range.IsMissing ? throw Bad("expected an expression") : range;
    }

    private static TextRange ScanOptional(ref Utf8JsonReader reader, RpcLimits limits, ref MentionList mentions)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            return default;
        }

        int start = (int)reader.TokenStartIndex;
        ExpressionScanner.Scan(ref reader, limits, ref mentions);
        return new TextRange(start, (int)reader.BytesConsumed - start);
    }

    // Reads an id. The id 0 is refused: it is the main object, which is never pulled, resolved or released.
    private static long Number(ref Utf8JsonReader reader, string what)
    {
        reader.Read();
        // Most ids are written as integers, which are quicker to read than fractions.
        if (reader.TokenType == JsonTokenType.Number
            && reader.TryGetInt64(out long integer)
            && integer != 0
            && Math.Abs((double)integer) <= MaxId)
        {
            return integer;
        }

        if (reader.TokenType != JsonTokenType.Number
            || !reader.TryGetDouble(out double number)
            || number != Math.Truncate(number)
            || Math.Abs(number) > MaxId
            || number == 0)
        {
            throw Bad($"expected {what} as an integer other than 0");
        }

        return (long)number;
    }

    private static long Positive(ref Utf8JsonReader reader)
    {
        long count = Number(ref reader, "a count");
        return count > 0 ? count : throw Bad("expected a count of 1 or more");
    }

    private static void SkipRest(ref Utf8JsonReader reader)
    {
        while (reader.TokenType != JsonTokenType.EndArray || reader.CurrentDepth > 0)
        {
            if (!reader.Read())
            {
                return;
            }
        }

        reader.Read();
    }

    private static void CheckSize(ReadOnlySpan<byte> message, RpcLimits limits)
    {
        // The limit is in UTF-16 code units. Each code unit needs at least one byte of UTF-8. So a message with fewer bytes than the limit
        // is not counted.
        if (message.Length > limits.MaxMessageSize && Encoding.UTF8.GetCharCount(message) > limits.MaxMessageSize)
        {
            throw new RpcProtocolException($"The message is too long: at most {limits.MaxMessageSize} UTF-16 code units are accepted.");
        }

        if (ValueCount.Exceeds(message, limits.MaxValues))
        {
            throw new RpcProtocolException(
                $"The message has too many values: at most {limits.MaxValues} are accepted.", RpcErrorTypes.RangeError);
        }
    }

    private static RpcProtocolException Bad(string reason) => new($"Bad RPC message: {reason}.", RpcErrorTypes.Error);
}
