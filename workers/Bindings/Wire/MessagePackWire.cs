using MessagePack;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Wire;

/// <summary>MessagePack with the hand-written formatters of <see cref="MessagePackFormatters"/>.</summary>
internal sealed class MessagePackWire : WireFormat
{
    public static readonly MessagePackWire Shared = new();

    // These options treat received data as untrusted: the library limits the nesting depth, and it allocates no more memory than
    // the received bytes justify.
    private static readonly MessagePackSerializerOptions s_options =
        MessagePackSerializerOptions.Standard.WithSecurity(MessagePackSecurity.UntrustedData);

    // Each response type has one formatter. To add a result type, write its formatter and add a line to this list.
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

    /// <summary>Writes a request into a frame.</summary>
    public static void WriteRequest(ref MessagePackWriter writer, ExecuteRequest request) =>
        RequestFormatter.Shared.Serialize(ref writer, request, s_options);

    /// <summary>Writes a response into a frame.</summary>
    public static void WriteResponse(ref MessagePackWriter writer, ExecuteResponse response, Function function) =>
        FormatterOf(function).Serialize(ref writer, response, s_options);

    /// <summary>Reads a request. Throws if the reader has more bytes after the request.</summary>
    /// <exception cref="UnusableInputException">The bytes are not a valid request.</exception>
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

    /// <summary>Reads a response. Throws if the reader has more bytes after the response.</summary>
    /// <exception cref="RuntimeUnreachableException">The bytes are not a valid response.</exception>
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

    /// <summary>Returns an upper bound for the size of the encoded request, in bytes.</summary>
    public static long MaxBytes(ExecuteRequest request) => RequestFormatter.MaxBytes(request);

    /// <summary>Returns an upper bound for the size of the encoded response, in bytes.</summary>
    public static long MaxBytes(ExecuteResponse response, Function function) => FormatterOf(function).MaxBytes(response);

    // The formatter is found by a loop, because a loop over two entries is faster than a dictionary.
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

    /// <summary>Returns whether the exception is one that the library throws for bytes that are invalid, incomplete or not UTF-8.</summary>
    public static bool IsUnreadable(Exception e) => e is MessagePackSerializationException or EndOfStreamException or OverflowException
        or InsufficientExecutionStackException or ArgumentException;
}
