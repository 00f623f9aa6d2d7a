using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>Writes the text frames of a WebSocket (RFC 6455, 5.2): masked in the same pass that copies them, where they are a client's.</summary>
internal sealed class FrameWriter(bool isServer)
{
    // As unpredictable as keys drawn one by one (10.3), at a system call for many.
    private readonly byte[] _keys = new byte[isServer ? 0 : 256 * FrameHead.KeyBytes];
    private int _used = int.MaxValue;

    /// <summary>Writes one message as one frame.</summary>
    /// <returns>The length of the frame.</returns>
    public int WriteText(ReadOnlySpan<byte> message, Span<byte> frame)
    {
        int head = FrameHead.WriteText(message.Length, isMasked: !isServer, frame);
        if (isServer)
        {
            message.CopyTo(frame[head..]);
            return head + message.Length;
        }

        ReadOnlySpan<byte> key = NextKey();
        key.CopyTo(frame[head..]);
        head += FrameHead.KeyBytes;
        FrameMask.Apply(message, frame.Slice(head, message.Length), MemoryMarshal.Read<uint>(key));
        return head + message.Length;
    }

    private ReadOnlySpan<byte> NextKey()
    {
        if (_used >= _keys.Length)
        {
            RandomNumberGenerator.Fill(_keys);
            _used = 0;
        }

        _used += FrameHead.KeyBytes;
        return _keys.AsSpan(_used - FrameHead.KeyBytes, FrameHead.KeyBytes);
    }
}
