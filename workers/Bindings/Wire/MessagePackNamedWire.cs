using MessagePack;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Wire;

/// <summary>
/// The MessagePack of <see cref="MessagePackWire"/> with its members' names: each record is a map, whose members may come in any
/// order, where that one writes an array. Written by hand as that one is, so that only the names differ. Of a payload's echo alone.
/// </summary>
internal sealed class MessagePackNamedWire : WireFormat
{
    public static readonly MessagePackNamedWire Shared = new();

    private static readonly MessagePackSerializerOptions s_options = MessagePackSerializerOptions.Standard.WithSecurity(MessagePackSecurity.UntrustedData);

    private MessagePackNamedWire()
    {
    }

    public override string ContentType => MessagePackWire.Shared.ContentType;

    private static ReadOnlySpan<byte> FunctionIdKey => "functionId"u8;

    private static ReadOnlySpan<byte> PayloadKey => "payload"u8;

    private static ReadOnlySpan<byte> TimestampKey => "timestamp"u8;

    private static ReadOnlySpan<byte> DataKey => "data"u8;

    private static ReadOnlySpan<byte> MetadataKey => "metadata"u8;

    private static ReadOnlySpan<byte> ResultKey => "result"u8;

    private static ReadOnlySpan<byte> RuntimeTimestampKey => "runtimeTimestamp"u8;

    private static ReadOnlySpan<byte> ExecutionTimeMsKey => "executionTimeMs"u8;

    public override void WriteRequest(ByteBuffer body, ExecuteRequest request)
    {
        var writer = new MessagePackWriter(body);
        writer.WriteMapHeader(3);
        writer.WriteString(FunctionIdKey);
        MessagePackFormatters.WriteText(ref writer, request.FunctionId);
        writer.WriteString(PayloadKey);
        WritePayload(ref writer, request.Payload);
        writer.WriteString(TimestampKey);
        writer.Write(request.Timestamp);
        writer.Flush();
    }

    public override ExecuteRequest ReadRequest(ReadOnlyMemory<byte> body)
    {
        var reader = new MessagePackReader(body);
        try
        {
            ExecuteRequest request = ReadRequest(ref reader);
            return reader.End ? request : throw NoRequest("more follows it.");
        }
        catch (Exception e) when (MessagePackWire.IsUnreadable(e))
        {
            throw NoRequest(e.Message, e);
        }
    }

    public override void WriteResponse(ByteBuffer body, ExecuteResponse response, Function function)
    {
        var writer = new MessagePackWriter(body);
        writer.WriteMapHeader(3);
        writer.WriteString(ResultKey);
        WritePayload(ref writer, ((ExecuteResponse<Payload>)response).Result);
        writer.WriteString(RuntimeTimestampKey);
        writer.Write(response.RuntimeTimestamp);
        writer.WriteString(ExecutionTimeMsKey);
        writer.Write(response.ExecutionTimeMs);
        writer.Flush();
    }

    public override ExecuteResponse ReadResponse(ReadOnlyMemory<byte> body, Function function)
    {
        var reader = new MessagePackReader(body);
        try
        {
            ExecuteResponse response = ReadResponse(ref reader);
            return reader.End ? response : throw NoResponse(function, "more follows it.");
        }
        catch (Exception e) when (MessagePackWire.IsUnreadable(e))
        {
            throw NoResponse(function, e.Message, e);
        }
    }

    private static void WritePayload(ref MessagePackWriter writer, Payload payload)
    {
        writer.WriteMapHeader(2);
        writer.WriteString(DataKey);
        MessagePackFormatters.WriteText(ref writer, payload.Data);
        writer.WriteString(MetadataKey);
        writer.WriteMapHeader(1);
        writer.WriteString(TimestampKey);
        writer.Write(payload.Metadata.Timestamp);
    }

    private static ExecuteRequest ReadRequest(ref MessagePackReader reader)
    {
        string? functionId = null;
        Payload? payload = null;
        long? timestamp = null;
        for (int left = ReadHeader(ref reader, 3); left > 0; left--)
        {
            ReadOnlySpan<byte> key = ReadKey(ref reader);
            if (key.SequenceEqual(FunctionIdKey))
            {
                functionId = MessagePackFormatters.ReadText(ref reader);
            }
            else if (key.SequenceEqual(PayloadKey))
            {
                payload = ReadPayload(ref reader);
            }
            else if (key.SequenceEqual(TimestampKey))
            {
                timestamp = reader.ReadInt64();
            }
        }

        reader.Depth--;
        return functionId is not null && payload is not null && timestamp is { } at ? new ExecuteRequest(functionId, payload, at) : throw Incomplete();
    }

    private static ExecuteResponse<Payload> ReadResponse(ref MessagePackReader reader)
    {
        Payload? result = null;
        long? timestamp = null;
        double? executionTimeMs = null;
        for (int left = ReadHeader(ref reader, 3); left > 0; left--)
        {
            ReadOnlySpan<byte> key = ReadKey(ref reader);
            if (key.SequenceEqual(ResultKey))
            {
                result = ReadPayload(ref reader);
            }
            else if (key.SequenceEqual(RuntimeTimestampKey))
            {
                timestamp = reader.ReadInt64();
            }
            else if (key.SequenceEqual(ExecutionTimeMsKey))
            {
                executionTimeMs = reader.ReadDouble();
            }
        }

        reader.Depth--;
        return result is not null && timestamp is { } at && executionTimeMs is { } ms ? new ExecuteResponse<Payload>(result, at, ms) : throw Incomplete();
    }

    private static Payload ReadPayload(ref MessagePackReader reader)
    {
        string? data = null;
        PayloadMetadata? metadata = null;
        for (int left = ReadHeader(ref reader, 2); left > 0; left--)
        {
            ReadOnlySpan<byte> key = ReadKey(ref reader);
            if (key.SequenceEqual(DataKey))
            {
                data = MessagePackFormatters.ReadText(ref reader);
            }
            else if (key.SequenceEqual(MetadataKey))
            {
                metadata = ReadMetadata(ref reader);
            }
        }

        reader.Depth--;
        return data is not null && metadata is not null ? new Payload(data, metadata) : throw Incomplete();
    }

    private static PayloadMetadata ReadMetadata(ref MessagePackReader reader)
    {
        ReadHeader(ref reader, 1);
        PayloadMetadata metadata = ReadKey(ref reader).SequenceEqual(TimestampKey) ? new(reader.ReadInt64()) : throw Incomplete();
        reader.Depth--;
        return metadata;
    }

    // As many members as there are, so that one which is unknown or there twice leaves another missing.
    private static int ReadHeader(ref MessagePackReader reader, int members)
    {
        s_options.Security.DepthStep(ref reader);
        int given = reader.ReadMapHeader();
        return given == members ? members : throw new MessagePackSerializationException($"A map of {given} stands where one of {members} is expected.");
    }

    private static ReadOnlySpan<byte> ReadKey(ref MessagePackReader reader) =>
        reader.TryReadStringSpan(out ReadOnlySpan<byte> key) ? key : throw new MessagePackSerializationException("nil stands where a key is expected.");

    private static MessagePackSerializationException Incomplete() => new("A member is missing.");
}
