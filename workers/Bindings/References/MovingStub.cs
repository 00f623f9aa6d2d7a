using System.Buffers.Binary;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.References;

/// <summary>
/// Moves the bytes of a request to somewhere and back, and parses nothing. They are encoded once a request, and what came
/// back the first time is decoded and is the answer from then on: the move is proved, and what is timed is the move alone.
/// </summary>
internal abstract class MovingStub : IRuntimeStub
{
    private readonly Dictionary<ExecuteRequest, Moved> _requests = new(ReferenceEqualityComparer.Instance);
    private Moved? _last;
    private byte[] _back = [];
    private long _bytesOneWay;

    public virtual Traffic Traffic => new(_bytesOneWay, _bytesOneWay);

    public ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        if (_last is not { } moved || !ReferenceEquals(moved.Request, request))
        {
            return MoveAnotherAsync(request, cancellation);
        }

        _bytesOneWay += moved.EncodedBytes;
        ValueTask<ReadOnlyMemory<byte>> move = MoveAsync(moved.Message, cancellation);
        return move.IsCompletedSuccessfully ? new(moved.AnswerTo(move.Result)) : AwaitAsync(move, moved);
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Moves a message there and back.</summary>
    /// <param name="message">Begins with the length of what follows, 4 bytes, little-endian.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What came back.</returns>
    protected abstract ValueTask<ReadOnlyMemory<byte>> MoveAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation);

    /// <summary>The memory for a message that comes back. One buffer serves every call, so that a call allocates nothing.</summary>
    protected Memory<byte> BufferFor(int bytes)
    {
        if (_back.Length < bytes)
        {
            _back = new byte[bytes];
        }

        return _back.AsMemory(0, bytes);
    }

    private static async ValueTask<ExecuteResponse> AwaitAsync(ValueTask<ReadOnlyMemory<byte>> move, Moved moved) => moved.AnswerTo(await move);

    private async ValueTask<ExecuteResponse> MoveAnotherAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        if (!_requests.TryGetValue(request, out Moved? moved))
        {
            byte[] message = LengthPrefixed.Of(request);
            ReadOnlyMemory<byte> back = await MoveAsync(message, cancellation);
            var answer = new ExecuteResponse<Payload>(JsonWire.Shared.ReadRequest(back[LengthPrefixed.Bytes..]).Payload, request.Timestamp, ExecutionTimeMs: 0);
            _requests[request] = moved = new Moved(request, message, answer);
            _bytesOneWay += moved.EncodedBytes;
        }

        _last = moved;
        _bytesOneWay += moved.EncodedBytes;
        return moved.AnswerTo(await MoveAsync(moved.Message, cancellation));
    }

    private sealed record Moved(ExecuteRequest Request, byte[] Message, ExecuteResponse Answer)
    {
        public int EncodedBytes => Message.Length - LengthPrefixed.Bytes;

        public ExecuteResponse AnswerTo(ReadOnlyMemory<byte> back) => back.Length == Message.Length
            ? Answer
            : throw new RuntimeUnreachableException($"{back.Length} bytes came back of {Message.Length}.");
    }
}

/// <summary>A message that says how long it is.</summary>
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

    /// <summary>The length of the whole message that begins with these bytes; null where that is not known yet.</summary>
    public static int? Whole(ReadOnlySpan<byte> begun) =>
        begun.Length < Bytes ? null : Bytes + BinaryPrimitives.ReadInt32LittleEndian(begun);
}
