using System.Buffers;
using System.Buffers.Binary;
using WorkerRpc.Bindings.Wire;

namespace WorkerRpc.Bindings.Pipe;

/// <summary>The kind of a frame, which is one message of the pipe protocol.</summary>
internal enum FrameKind : byte
{
    /// <summary>
    /// The caller sends a call to the runtime. The body contains the remaining time until the deadline in ms (nil without a
    /// deadline), then the request.
    /// </summary>
    Call = 1,

    /// <summary>The runtime sends the response to a call. The body contains the response.</summary>
    Result = 2,

    /// <summary>
    /// The runtime sends the error of a call. The body contains an HTTP status that classifies the error, then the message.
    /// </summary>
    Error = 3,

    /// <summary>The caller informs the runtime that it has cancelled the call. The frame has no body.</summary>
    Cancel = 4,
}

/// <summary>
/// The head of a frame. It has 13 bytes, little-endian: the length of the body (4 bytes), the kind of the frame (1 byte) and the
/// call's id (8 bytes). The body after the head is MessagePack.
/// </summary>
/// <param name="BodyBytes">The length of the body, in bytes.</param>
/// <param name="Kind">The frame's kind.</param>
/// <param name="CallId">The call's id. The caller chooses it, and every frame of the call contains it.</param>
internal readonly record struct FrameHead(int BodyBytes, FrameKind Kind, ulong CallId)
{
    public const int Bytes = 13;

    public void Write(Span<byte> head)
    {
        BinaryPrimitives.WriteInt32LittleEndian(head, BodyBytes);
        head[4] = (byte)Kind;
        BinaryPrimitives.WriteUInt64LittleEndian(head[5..], CallId);
    }

    /// <summary>Removes the first frame from the received bytes. Returns false if the frame has not arrived completely.</summary>
    /// <param name="arrived">The received bytes. If the frame was removed, they start after it.</param>
    /// <param name="maxFrameBytes">
    /// The size limit of a frame, in bytes. If a head announces a longer frame, it is refused before the body arrives.
    /// </param>
    /// <param name="head">The frame's head.</param>
    /// <param name="body">The frame's body.</param>
    /// <exception cref="BrokenFrameException">The bytes are not a valid frame, or the frame is longer than the limit.</exception>
    public static bool TryTake(ref ReadOnlySequence<byte> arrived, int maxFrameBytes, out FrameHead head, out ReadOnlySequence<byte> body)
    {
        (head, body) = (default, default);
        if (arrived.Length < Bytes)
        {
            return false;
        }

        if (arrived.FirstSpan.Length >= Bytes)
        {
            head = Read(arrived.FirstSpan, maxFrameBytes);
        }
        else
        {
            Span<byte> copy = stackalloc byte[Bytes];
            arrived.Slice(0, Bytes).CopyTo(copy);
            head = Read(copy, maxFrameBytes);
        }

        if (arrived.Length < Bytes + head.BodyBytes)
        {
            return false;
        }

        body = arrived.Slice(Bytes, head.BodyBytes);
        arrived = arrived.Slice(body.End);
        return true;
    }

    private static FrameHead Read(ReadOnlySpan<byte> bytes, int maxFrameBytes)
    {
        var head = new FrameHead(
            BinaryPrimitives.ReadInt32LittleEndian(bytes), (FrameKind)bytes[4], BinaryPrimitives.ReadUInt64LittleEndian(bytes[5..]));
        return head.Kind is < FrameKind.Call or > FrameKind.Cancel
            ? throw new BrokenFrameException($"A frame of kind {bytes[4]}: expected 1 to 4.")
            : head.BodyBytes < 0 || head.BodyBytes > maxFrameBytes - Bytes ? throw new BrokenFrameException(FormattableString.Invariant(
                $"A frame with a body of {(uint)head.BodyBytes} bytes: expected at most {maxFrameBytes - Bytes}."))
            : head;
    }
}
