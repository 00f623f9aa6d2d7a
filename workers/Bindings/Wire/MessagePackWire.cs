using MessagePack;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Wire;

/// <summary>MessagePack by the formatters of <see cref="MessagePackFormatters"/>.</summary>
internal sealed class MessagePackWire : WireFormat
{
    public static readonly MessagePackWire Shared = new();

    // Nothing that arrives is trusted: depth is counted, and no count in the data is believed before its bytes are there.
    private static readonly MessagePackSerializerOptions s_options = MessagePackSerializerOptions.Standard.WithSecurity(MessagePackSecurity.UntrustedData);

    // By the function's response type. To add a result type: its formatter, then its line here.
    private static readonly ResponseFormatter[] s_responses =
    [
        new ResponseFormatter<Payload>(PayloadFormatter.Shared),
        new ResponseFormatter<ComputeResult>(ComputeResultFormatter.Shared),
    ];

    private MessagePackWire()
    {
    }

    public override string ContentType => "application/vnd.msgpack";

    public override void WriteRequest(ByteBuffer body, ExecuteRequest request)
    {
        var writer = new MessagePackWriter(body);
        WriteRequest(ref writer, request);
        writer.Flush();
    }

    public override ExecuteRequest ReadRequest(ReadOnlyMemory<byte> body)
    {
        var reader = new MessagePackReader(body);
        return ReadRequest(ref reader);
    }

    public override void WriteResponse(ByteBuffer body, ExecuteResponse response, Function function)
    {
        var writer = new MessagePackWriter(body);
        WriteResponse(ref writer, response, function);
        writer.Flush();
    }

    public override ExecuteResponse ReadResponse(ReadOnlyMemory<byte> body, Function function)
    {
        var reader = new MessagePackReader(body);
        return ReadResponse(ref reader, function);
    }

    /// <summary>Writes a request where a frame is being written.</summary>
    public static void WriteRequest(ref MessagePackWriter writer, ExecuteRequest request) =>
        RequestFormatter.Shared.Serialize(ref writer, request, s_options);

    /// <summary>Writes a response where a frame is being written.</summary>
    public static void WriteResponse(ref MessagePackWriter writer, ExecuteResponse response, Function function) =>
        FormatterOf(function).Serialize(ref writer, response, s_options);

    /// <summary>Reads a request that has to end where the reader does.</summary>
    /// <exception cref="UnusableInputException">It is none.</exception>
    public static ExecuteRequest ReadRequest(ref MessagePackReader reader)
    {
        try
        {
            ExecuteRequest request = RequestFormatter.Shared.Deserialize(ref reader, s_options);
            return reader.End ? request : throw NoRequest("more follows it.");
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            throw NoRequest(e.Message, e);
        }
    }

    /// <summary>Reads a response that has to end where the reader does.</summary>
    /// <exception cref="RuntimeUnreachableException">It is none.</exception>
    public static ExecuteResponse ReadResponse(ref MessagePackReader reader, Function function)
    {
        try
        {
            ExecuteResponse response = FormatterOf(function).Deserialize(ref reader, s_options);
            return reader.End ? response : throw NoResponse(function, "more follows it.");
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            throw NoResponse(function, e.Message, e);
        }
    }

    /// <summary>No fewer bytes than the request takes.</summary>
    public static long MaxBytes(ExecuteRequest request) => RequestFormatter.MaxBytes(request);

    /// <summary>No fewer bytes than the response takes.</summary>
    public static long MaxBytes(ExecuteResponse response, Function function) => FormatterOf(function).MaxBytes(response);

    // A few of them: looked through faster than hashed.
    private static ResponseFormatter FormatterOf(Function function)
    {
        foreach (ResponseFormatter formatter in s_responses)
        {
            if (formatter.ResponseType == function.ResponseType)
            {
                return formatter;
            }
        }

        throw new NotSupportedException($"No MessagePack formatter is known for {function.ResponseType}, the response of '{function.Id}'.");
    }

    /// <summary>What the library's reader throws of bytes that are not what was asked for, or that end too early, or are no UTF-8.</summary>
    public static bool IsUnreadable(Exception e) =>
        e is MessagePackSerializationException or EndOfStreamException or OverflowException or InsufficientExecutionStackException or ArgumentException;
}
