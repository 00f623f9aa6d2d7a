using System.Buffers;
using System.Buffers.Binary;
using WorkerRpc.Bindings.Wire;

namespace WorkerRpc.Bindings.Pipe;

/// <summary>What a frame is.</summary>
internal enum FrameKind : byte
{
    /// <summary>Caller to runtime. Its body: the time that is left for the answer in ms, nil for any, then the request.</summary>
    Call = 1,

    /// <summary>Runtime to caller. Its body: the response.</summary>
    Result = 2,

    /// <summary>Runtime to caller. Its body: an HTTP status that says what kind of error it is, then its words.</summary>
    Error = 3,

    /// <summary>Caller to runtime: nobody waits for the answer any more. No body.</summary>
    Cancel = 4,
}

/// <summary>
/// The head of a frame: the length of its body (4 bytes), its kind (1) and the id of its call (8), little-endian. The body
/// is MessagePack.
/// </summary>
/// <param name="BodyBytes">The length of what follows.</param>
/// <param name="Kind">What it is.</param>
/// <param name="CallId">Chosen by the caller, and the same in every frame of the call.</param>
internal readonly record struct FrameHead(int BodyBytes, FrameKind Kind, ulong CallId)
{
    public const int Bytes = 13;

    public void Write(Span<byte> head)
    {
        BinaryPrimitives.WriteInt32LittleEndian(head, BodyBytes);
        head[4] = (byte)Kind;
        BinaryPrimitives.WriteUInt64LittleEndian(head[5..], CallId);
    }

    /// <summary>Takes the first frame from what has arrived, if it is all there.</summary>
    /// <param name="arrived">Loses the frame.</param>
    /// <param name="maxFrameBytes">The longest frame that is taken: a head that announces more is refused before its body is waited for.</param>
    /// <param name="head">The frame's head.</param>
    /// <param name="body">The frame's body.</param>
    /// <exception cref="BrokenFrameException">What has arrived is no frame, or one over the limit.</exception>
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
            Span<byte> together = stackalloc byte[Bytes];
            arrived.Slice(0, Bytes).CopyTo(together);
            head = Read(together, maxFrameBytes);
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
        var head = new FrameHead(BinaryPrimitives.ReadInt32LittleEndian(bytes), (FrameKind)bytes[4], BinaryPrimitives.ReadUInt64LittleEndian(bytes[5..]));
        return head.Kind is < FrameKind.Call or > FrameKind.Cancel ? throw new BrokenFrameException($"A frame of kind {bytes[4]}: expected 1 to 4.")
            : head.BodyBytes < 0 || head.BodyBytes > maxFrameBytes - Bytes ? throw new BrokenFrameException(FormattableString.Invariant(
                $"A frame with a body of {(uint)head.BodyBytes} bytes: expected at most {maxFrameBytes - Bytes}."))
            : head;
    }
}
