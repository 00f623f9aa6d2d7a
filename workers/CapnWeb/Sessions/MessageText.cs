using System.Text;
using System.Text.Json;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

internal enum MessageKind : byte
{
    Push,
    Pull,
    Resolve,
    Reject,
    Release,
    Stream,
    Pipe,
    Abort,
}

/// <summary>A message, read and checked before anything is done: its name, its numbers and the place of its expression.</summary>
internal readonly record struct MessageText(MessageKind Kind, long Id, long Count, TextRange Expression)
{
    // Beyond, JavaScript's integers are not exact.
    private const double MaxId = 9007199254740991;

    /// <summary>Reads a message and scans its expression; mentions are places in the message.</summary>
    /// <exception cref="RpcProtocolException">It is none, or beyond a limit.</exception>
    public static MessageText Read(ReadOnlySpan<byte> message, RpcLimits limits, ref MentionList mentions)
    {
        CheckSize(message, limits);
        try
        {
            Utf8JsonReader reader = ExpressionScanner.Read(message, limits);
            MessageText text = ReadParts(ref reader, limits, ref mentions);
            SkipRest(ref reader);
            return text;
        }
        catch (JsonException error)
        {
            throw ExpressionScanner.Malformed(error);
        }
    }

    private static MessageText ReadParts(ref Utf8JsonReader reader, RpcLimits limits, ref MentionList mentions)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            throw Bad("expected an array");
        }
        MessageKind kind = KindOf(ref reader);
        return kind switch
        {
            MessageKind.Push or MessageKind.Stream => new(kind, 0, 0, Scan(ref reader, limits, ref mentions)),
            MessageKind.Pull => new(kind, Number(ref reader, "an id"), 0, default),
            MessageKind.Resolve or MessageKind.Reject => new(kind, Number(ref reader, "an id"), 0, Scan(ref reader, limits, ref mentions)),
            MessageKind.Release => new(kind, Number(ref reader, "an id"), Positive(ref reader), default),
            MessageKind.Abort => new(kind, 0, 0, ScanOptional(ref reader, limits, ref mentions)),
            _ => new(kind, 0, 0, default),
        };
    }

    private static MessageKind KindOf(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            throw Bad("expected a name first");
        }
        return reader.ValueTextEquals("push"u8) ? MessageKind.Push
            : reader.ValueTextEquals("pull"u8) ? MessageKind.Pull
            : reader.ValueTextEquals("resolve"u8) ? MessageKind.Resolve
            : reader.ValueTextEquals("release"u8) ? MessageKind.Release
            : reader.ValueTextEquals("reject"u8) ? MessageKind.Reject
            : reader.ValueTextEquals("stream"u8) ? MessageKind.Stream
            : reader.ValueTextEquals("pipe"u8) ? MessageKind.Pipe
            : reader.ValueTextEquals("abort"u8) ? MessageKind.Abort
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

    // 0 is the main object: it is neither asked for, resolved nor given back.
    private static long Number(ref Utf8JsonReader reader, string what)
    {
        reader.Read();
        // The usual spelling first: reading a fraction takes longer.
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long integer) && integer != 0 && Math.Abs((double)integer) <= MaxId)
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
        // A UTF-16 unit is a byte of UTF-8 or more.
        if (message.Length > limits.MaxMessageSize && Encoding.UTF8.GetCharCount(message) > limits.MaxMessageSize)
        {
            throw new RpcProtocolException($"The message is too long: at most {limits.MaxMessageSize} UTF-16 code units are accepted.");
        }
    }

    private static RpcProtocolException Bad(string reason) => new($"Bad RPC message: {reason}.", RpcErrorTypes.Error);
}
