using MessagePack;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Pipe;

internal readonly struct CallBody(long? remainingMs, ExecuteRequest request) : IFrameBody
{
    // The largest number of bytes that the encoded remaining time of a call needs.
    private const int RemainingBytes = 9;

    public long MaxBytes => RemainingBytes + MessagePackWire.MaxBytes(request);

    public void Write(ref MessagePackWriter writer)
    {
        if (remainingMs is { } ms)
        {
            writer.Write(ms);
        }
        else
        {
            writer.WriteNil();
        }

        MessagePackWire.WriteRequest(ref writer, request);
    }

    /// <exception cref="UnusableInputException">The body is not a valid call.</exception>
    public static (long? RemainingMs, ExecuteRequest Request) Read(ref MessagePackReader reader)
    {
        long? remainingMs;
        try
        {
            remainingMs = reader.TryReadNil() ? null : reader.ReadInt64();
        }
        catch (Exception e) when (MessagePackWire.IsUnreadable(e))
        {
            throw new UnusableInputException($"The call does not begin with the time that is left, in ms or nil: {e.Message}", e);
        }

        return (remainingMs, MessagePackWire.ReadRequest(ref reader));
    }
}

internal readonly struct ResultBody(ExecuteResponse response, Function function) : IFrameBody
{
    public long MaxBytes => MessagePackWire.MaxBytes(response, function);

    public void Write(ref MessagePackWriter writer) => MessagePackWire.WriteResponse(ref writer, response, function);
}

internal readonly struct ErrorBody(int status, string detail) : IFrameBody
{
    /// <summary>The status of a call that is refused because the runtime is stopping.</summary>
    public const int Stopping = 503;

    // A longer error message is truncated to this length, so that an error frame never exceeds the size limit.
    private const int MaxChars = 200;

    private readonly string _detail = detail.Length > MaxChars ? detail[..MaxChars] + "…" : detail;

    public long MaxBytes => 0;

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(status);
        MessagePackFormatters.WriteText(ref writer, _detail);
    }

    /// <summary>Decodes the body of an error frame and returns the exception that the caller's call throws.</summary>
    /// <exception cref="RuntimeUnreachableException">The body is not a valid error.</exception>
    public static Exception Read(ref MessagePackReader reader)
    {
        try
        {
            int status = reader.ReadInt32();
            string detail = MessagePackFormatters.ReadText(ref reader);
            if (!reader.End)
            {
                throw new MessagePackSerializationException("more follows it.");
            }

            return status == Stopping ? new RuntimeUnreachableException(detail) : new RuntimeErrorException(status, detail);
        }
        catch (Exception e) when (MessagePackWire.IsUnreadable(e))
        {
            throw new RuntimeUnreachableException($"The runtime answered with an error that cannot be read: {e.Message}", e);
        }
    }
}

internal readonly struct NoBody : IFrameBody
{
    public long MaxBytes => 0;

    public void Write(ref MessagePackWriter writer)
    {
    }
}
