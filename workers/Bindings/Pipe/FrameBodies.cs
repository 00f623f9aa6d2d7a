using MessagePack;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Pipe;

internal readonly struct CallBody(long? leftMs, ExecuteRequest request) : IFrameBody
{
    // The longest form of the time that is left.
    private const int LeftBytes = 9;

    public long MaxBytes => LeftBytes + MessagePackWire.MaxBytes(request);

    public void Write(ref MessagePackWriter writer)
    {
        if (leftMs is { } ms)
        {
            writer.Write(ms);
        }
        else
        {
            writer.WriteNil();
        }

        MessagePackWire.WriteRequest(ref writer, request);
    }

    /// <exception cref="UnusableInputException">The body is no call's.</exception>
    public static (long? LeftMs, ExecuteRequest Request) Read(ref MessagePackReader reader)
    {
        long? leftMs;
        try
        {
            leftMs = reader.TryReadNil() ? null : reader.ReadInt64();
        }
        catch (Exception e) when (MessagePackWire.IsUnreadable(e))
        {
            throw new UnusableInputException($"The call does not begin with the time that is left, in ms or nil: {e.Message}", e);
        }

        return (leftMs, MessagePackWire.ReadRequest(ref reader));
    }
}

internal readonly struct ResultBody(ExecuteResponse response, Function function) : IFrameBody
{
    public long MaxBytes => MessagePackWire.MaxBytes(response, function);

    public void Write(ref MessagePackWriter writer) => MessagePackWire.WriteResponse(ref writer, response, function);
}

internal readonly struct ErrorBody(int status, string detail) : IFrameBody
{
    /// <summary>The status of a call that the runtime did not take, because it is stopping.</summary>
    public const int Stopping = 503;

    // An error's words are cut rather than refused: it has to arrive.
    private const int MaxChars = 200;

    private readonly string _detail = detail.Length > MaxChars ? detail[..MaxChars] + "…" : detail;

    public long MaxBytes => 0;

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(status);
        MessagePackFormatters.WriteText(ref writer, _detail);
    }

    /// <summary>The error that the caller gets.</summary>
    /// <exception cref="RuntimeUnreachableException">The body is no error's.</exception>
    public static Exception Read(ref MessagePackReader reader)
    {
        try
        {
            int status = reader.ReadInt32();
            string detail = MessagePackFormatters.ReadText(ref reader);
            return reader.End ? status == Stopping ? new RuntimeUnreachableException(detail) : new RuntimeErrorException(status, detail) : throw new MessagePackSerializationException("more follows it.");
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
