using System.Text;
using MessagePack;
using MessagePack.Formatters;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Wire;

/// <summary>
/// What the formatters share. Each record is an array of its members in the order of its constructor, as int keys from 0
/// would make it. Written by hand: the types know no serializer's attributes, the dynamic resolver takes two to three times
/// as long at 100B, and the library's own reader lets broken UTF-8 pass.
/// </summary>
internal static class MessagePackFormatters
{
    /// <summary>The longest form of a number, or of the head of an array or a text.</summary>
    public const int MaxBytes = 9;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void ReadHeader(ref MessagePackReader reader, int members, MessagePackSerializerOptions options)
    {
        options.Security.DepthStep(ref reader);
        int given = reader.ReadArrayHeader();
        if (given != members)
        {
            throw new MessagePackSerializationException($"An array of {given} stands where one of {members} is expected.");
        }
    }

    public static void WriteText(ref MessagePackWriter writer, string text)
    {
        // Counted first, so that the bytes are written where they stay: the library's own asks for room for three bytes a
        // character and moves what it wrote. A lone surrogate becomes U+FFFD, as in JSON.
        int bytes = Encoding.UTF8.GetByteCount(text);
        writer.WriteStringHeader(bytes);
        Encoding.UTF8.GetBytes(text, writer.GetSpan(bytes));
        writer.Advance(bytes);
    }

    /// <summary>No fewer bytes than <see cref="WriteText"/> writes.</summary>
    public static long MaxTextBytes(string text) => MaxBytes + (3L * text.Length);

    public static string ReadText(ref MessagePackReader reader) =>
        reader.TryReadStringSpan(out ReadOnlySpan<byte> utf8) ? s_strict.GetString(utf8)
        : reader.ReadStringSequence() is { } sequence ? s_strict.GetString(sequence)
        : throw new MessagePackSerializationException("nil stands where text is expected.");
}

/// <summary>The formatter of a function's result.</summary>
internal interface IResultFormatter<TResult> : IMessagePackFormatter<TResult>
{
    /// <summary>No fewer bytes than the result takes.</summary>
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
        (2 * MessagePackFormatters.MaxBytes) + MessagePackFormatters.MaxTextBytes(value.FunctionId) + PayloadFormatter.Shared.MaxBytes(value.Payload);

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

/// <summary>A response of a result type that is known by the function alone.</summary>
internal abstract class ResponseFormatter : IMessagePackFormatter<ExecuteResponse>
{
    public abstract Type ResponseType { get; }

    /// <summary>No fewer bytes than the response takes.</summary>
    public abstract long MaxBytes(ExecuteResponse value);

    public abstract void Serialize(ref MessagePackWriter writer, ExecuteResponse value, MessagePackSerializerOptions options);

    public abstract ExecuteResponse Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options);
}

internal sealed class ResponseFormatter<TResult>(IResultFormatter<TResult> result) : ResponseFormatter
    where TResult : notnull
{
    public override Type ResponseType => typeof(ExecuteResponse<TResult>);

    public override long MaxBytes(ExecuteResponse value) => (3 * MessagePackFormatters.MaxBytes) + result.MaxBytes(((ExecuteResponse<TResult>)value).Result);

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
