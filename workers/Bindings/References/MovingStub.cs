using System.Buffers.Binary;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.References;

/// <summary>
/// A stub whose calls only transfer a request's bytes to the other end and back. The first call with a request encodes it and
/// decodes its echo, to verify the transfer. Later calls transfer the same bytes and return the first answer, so a timed call
/// neither encodes nor decodes.
/// </summary>
internal abstract class MovingStub : IRuntimeStub
{
    private readonly Dictionary<ExecuteRequest, EncodedRequest> _requests = new(ReferenceEqualityComparer.Instance);
    private EncodedRequest? _last;
    private byte[] _inbound = [];
    private long _bytesOneWay;

    public virtual Traffic Traffic => new(_bytesOneWay, _bytesOneWay);

    public ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        if (_last is not { } encoded || !ReferenceEquals(encoded.Request, request))
        {
            return EncodeAndMoveAsync(request, cancellation);
        }

        _bytesOneWay += encoded.EncodedBytes;
        ValueTask<ReadOnlyMemory<byte>> move = MoveAsync(encoded.Message, cancellation);
        return move.IsCompletedSuccessfully ? new(encoded.CheckEcho(move.Result)) : AwaitAsync(move, encoded);
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Sends a message to the other end and receives its echo.</summary>
    /// <param name="message">The message. Its first 4 bytes are the length of the rest, little-endian.</param>
    /// <param name="cancellation">The token that cancels the call.</param>
    /// <returns>The bytes of the echo.</returns>
    protected abstract ValueTask<ReadOnlyMemory<byte>> MoveAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation);

    /// <summary>Returns memory for the echoed message. All calls share one buffer, so a call allocates nothing.</summary>
    protected Memory<byte> BufferFor(int bytes)
    {
        if (_inbound.Length < bytes)
        {
            _inbound = new byte[bytes];
        }

        return _inbound.AsMemory(0, bytes);
    }

    private static async ValueTask<ExecuteResponse> AwaitAsync(ValueTask<ReadOnlyMemory<byte>> move, EncodedRequest encoded) =>
        encoded.CheckEcho(await move);

    private async ValueTask<ExecuteResponse> EncodeAndMoveAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        if (!_requests.TryGetValue(request, out EncodedRequest? encoded))
        {
            byte[] message = LengthPrefixed.Of(request);
            ReadOnlyMemory<byte> back = await MoveAsync(message, cancellation);
            Payload payload = JsonWire.Shared.ReadRequest(back[LengthPrefixed.Bytes..]).Payload;
            var answer = new ExecuteResponse<Payload>(payload, request.Timestamp, ExecutionTimeMs: 0);
            _requests[request] = encoded = new EncodedRequest(request, message, answer);
            _bytesOneWay += encoded.EncodedBytes;
        }

        _last = encoded;
        _bytesOneWay += encoded.EncodedBytes;
        return encoded.CheckEcho(await MoveAsync(encoded.Message, cancellation));
    }

    private sealed record EncodedRequest(ExecuteRequest Request, byte[] Message, ExecuteResponse Answer)
    {
        public int EncodedBytes => Message.Length - LengthPrefixed.Bytes;

        public ExecuteResponse CheckEcho(ReadOnlyMemory<byte> back) => back.Length == Message.Length
            ? Answer
            : throw new RuntimeUnreachableException($"{back.Length} bytes came back of {Message.Length}.");
    }
}

/// <summary>Encodes and decodes JSON messages that start with their length (4 bytes).</summary>
internal static class LengthPrefixed
{
    public const int Bytes = 4;

    public static byte[] Of(ExecuteRequest request)
    {
        using ByteBuffer body = ByteBuffer.Rent();
        JsonWire.Shared.WriteRequest(body, request);
        byte[] message = new byte[Bytes + body.Written.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, body.Written.Length);
        body.Written.CopyTo(message.AsMemory(Bytes));
        return message;
    }

    /// <summary>Returns the length of the whole message with its prefix, in bytes. Returns null until the prefix has arrived.</summary>
    public static int? TotalBytes(ReadOnlySpan<byte> received) =>
        received.Length < Bytes ? null : Bytes + BinaryPrimitives.ReadInt32LittleEndian(received);
}
