using System.Text;
using MessagePack;
using MessagePack.Formatters;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Wire;

/// <summary>
/// Contains helpers for the MessagePack formatters. A formatter writes a record as an array of its members, in the order of the
/// constructor. The formatters are written by hand for three reasons. The records have no serializer attributes. The library's
/// dynamic resolver needs 2 to 3 times as long for 100 B. The library's reader accepts invalid UTF-8.
/// </summary>
internal static class MessagePackFormatters
{
    /// <summary>The largest number of bytes that an encoded number, the head of an array or the head of a text needs.</summary>
    public const int MaxBytes = 9;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void ReadHeader(ref MessagePackReader reader, int members, MessagePackSerializerOptions options)
    {
        options.Security.DepthStep(ref reader);
        int count = reader.ReadArrayHeader();
        if (count != members)
        {
            throw new MessagePackSerializationException($"An array of {count} stands where one of {members} is expected.");
        }
    }

    public static void WriteText(ref MessagePackWriter writer, string text)
    {
        // The bytes of the text are counted first, so that the text is written directly to its final position. The library's own
        // method reserves 3 bytes per character and then moves the text. A lone surrogate becomes U+FFFD, as in JSON.
        int bytes = Encoding.UTF8.GetByteCount(text);
        writer.WriteStringHeader(bytes);
        Encoding.UTF8.GetBytes(text, writer.GetSpan(bytes));
        writer.Advance(bytes);
    }

    /// <summary>Returns an upper bound for the number of bytes that <see cref="WriteText"/> writes.</summary>
    public static long MaxTextBytes(string text) => MaxBytes + (3L * text.Length);

    public static string ReadText(ref MessagePackReader reader) =>
        reader.TryReadStringSpan(out ReadOnlySpan<byte> utf8) ? s_strict.GetString(utf8)
        : reader.ReadStringSequence() is { } sequence ? s_strict.GetString(sequence)
        : throw new MessagePackSerializationException("nil stands where text is expected.");
}

/// <summary>Encodes and decodes the result of a function.</summary>
internal interface IResultFormatter<TResult> : IMessagePackFormatter<TResult>
{
    /// <summary>Returns an upper bound for the size of the encoded result, in bytes.</summary>
    long MaxBytes(TResult value);
}

internal sealed class PayloadFormatter : IResultFormatter<Payload>
{
    public static readonly PayloadFormatter Shared = new();

    public long MaxBytes(Payload value) => (3 * MessagePackFormatters.MaxBytes) + MessagePackFormatters.MaxTextBytes(value.Data);

    public void Serialize(ref MessagePackWriter writer, Payload value, MessagePackSerializerOptions options)
    {
        writer.WriteArrayHeader(2);
        MessagePackFormatters.WriteText(ref writer, value.Data);
        writer.WriteArrayHeader(1);
        writer.Write(value.Metadata.Timestamp);
    }

    public Payload Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        MessagePackFormatters.ReadHeader(ref reader, 2, options);
        string data = MessagePackFormatters.ReadText(ref reader);
        MessagePackFormatters.ReadHeader(ref reader, 1, options);
        var metadata = new PayloadMetadata(reader.ReadInt64());
        reader.Depth -= 2;
        return new Payload(data, metadata);
    }
}

internal sealed class ComputeResultFormatter : IResultFormatter<ComputeResult>
{
    public static readonly ComputeResultFormatter Shared = new();

    public long MaxBytes(ComputeResult value) => (2 * MessagePackFormatters.MaxBytes) + PayloadFormatter.Shared.MaxBytes(value.Input);

    public void Serialize(ref MessagePackWriter writer, ComputeResult value, MessagePackSerializerOptions options)
    {
        writer.WriteArrayHeader(2);
        writer.Write(value.Result);
        PayloadFormatter.Shared.Serialize(ref writer, value.Input, options);
    }

    public ComputeResult Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        MessagePackFormatters.ReadHeader(ref reader, 2, options);
        var result = new ComputeResult(reader.ReadDouble(), PayloadFormatter.Shared.Deserialize(ref reader, options));
        reader.Depth--;
        return result;
    }
}

internal sealed class RequestFormatter : IMessagePackFormatter<ExecuteRequest>
{
    public static readonly RequestFormatter Shared = new();

    public static long MaxBytes(ExecuteRequest value) =>
        (2 * MessagePackFormatters.MaxBytes)
        + MessagePackFormatters.MaxTextBytes(value.FunctionId)
        + PayloadFormatter.Shared.MaxBytes(value.Payload);

    public void Serialize(ref MessagePackWriter writer, ExecuteRequest value, MessagePackSerializerOptions options)
    {
        writer.WriteArrayHeader(3);
        MessagePackFormatters.WriteText(ref writer, value.FunctionId);
        PayloadFormatter.Shared.Serialize(ref writer, value.Payload, options);
        writer.Write(value.Timestamp);
    }

    public ExecuteRequest Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        MessagePackFormatters.ReadHeader(ref reader, 3, options);
        var request = new ExecuteRequest(
            MessagePackFormatters.ReadText(ref reader), PayloadFormatter.Shared.Deserialize(ref reader, options), reader.ReadInt64());
        reader.Depth--;
        return request;
    }
}

/// <summary>Encodes and decodes a response, whose result type depends on the function.</summary>
internal abstract class ResponseFormatter : IMessagePackFormatter<ExecuteResponse>
{
    public abstract Type ResponseType { get; }

    /// <summary>Returns an upper bound for the size of the encoded response, in bytes.</summary>
    public abstract long MaxBytes(ExecuteResponse value);

    public abstract void Serialize(ref MessagePackWriter writer, ExecuteResponse value, MessagePackSerializerOptions options);

    public abstract ExecuteResponse Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options);
}

internal sealed class ResponseFormatter<TResult>(IResultFormatter<TResult> result) : ResponseFormatter
    where TResult : notnull
{
    public override Type ResponseType => typeof(ExecuteResponse<TResult>);

    public override long MaxBytes(ExecuteResponse value) =>
        (3 * MessagePackFormatters.MaxBytes) + result.MaxBytes(((ExecuteResponse<TResult>)value).Result);

    public override void Serialize(ref MessagePackWriter writer, ExecuteResponse value, MessagePackSerializerOptions options)
    {
        writer.WriteArrayHeader(3);
        result.Serialize(ref writer, ((ExecuteResponse<TResult>)value).Result, options);
        writer.Write(value.RuntimeTimestamp);
        writer.Write(value.ExecutionTimeMs);
    }

    public override ExecuteResponse Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        MessagePackFormatters.ReadHeader(ref reader, 3, options);
        var response = new ExecuteResponse<TResult>(result.Deserialize(ref reader, options), reader.ReadInt64(), reader.ReadDouble());
        reader.Depth--;
        return response;
    }
}
