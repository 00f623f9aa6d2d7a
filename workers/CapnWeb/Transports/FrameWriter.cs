using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>Writes the text frames of a WebSocket (RFC 6455, 5.2): masked in the same pass that copies them, where they are a client's.</summary>
internal sealed class FrameWriter(bool isServer)
{
    /// <summary>The longest header: two bytes, a length of eight and a key.</summary>
    public const int MaxHeaderBytes = 14;

    private const byte FinalText = 0x81;
    private const byte Masked = 0x80;
    private const int ShortLength = 125;
    private const byte Length16 = 126;
    private const byte Length64 = 127;
    private const int KeyBytes = 4;

    // As unpredictable as keys drawn one by one (10.3), at a system call for many.
    private readonly byte[] _keys = new byte[isServer ? 0 : 256 * KeyBytes];
    private int _used = int.MaxValue;

    /// <summary>Writes one message as one frame.</summary>
    /// <returns>The length of the frame.</returns>
    public int WriteText(ReadOnlySpan<byte> message, Span<byte> frame)
    {
        frame[0] = FinalText;
        int header = WriteLength(message.Length, frame);
        if (isServer)
        {
            message.CopyTo(frame[header..]);
            return header + message.Length;
        }

        frame[1] |= Masked;
        ReadOnlySpan<byte> key = NextKey();
        key.CopyTo(frame[header..]);
        header += KeyBytes;
        Mask(message, frame.Slice(header, message.Length), key);
        return header + message.Length;
    }

    private static int WriteLength(int length, Span<byte> frame)
    {
        switch (length)
        {
            case <= ShortLength:
                frame[1] = (byte)length;
                return 2;
            case <= ushort.MaxValue:
                frame[1] = Length16;
                BinaryPrimitives.WriteUInt16BigEndian(frame[2..], (ushort)length);
                return 2 + sizeof(ushort);
            default:
                frame[1] = Length64;
                BinaryPrimitives.WriteUInt64BigEndian(frame[2..], (ulong)length);
                return 2 + sizeof(ulong);
        }
    }

    private static void Mask(ReadOnlySpan<byte> message, Span<byte> masked, ReadOnlySpan<byte> key)
    {
        Vector<byte> keys = Vector.AsVectorByte(new Vector<uint>(MemoryMarshal.Read<uint>(key)));
        int i = 0;
        for (; i <= message.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            (new Vector<byte>(message[i..]) ^ keys).CopyTo(masked[i..]);
        }

        for (; i < message.Length; i++)
        {
            masked[i] = (byte)(message[i] ^ key[i % KeyBytes]);
        }
    }

    private ReadOnlySpan<byte> NextKey()
    {
        if (_used >= _keys.Length)
        {
            RandomNumberGenerator.Fill(_keys);
            _used = 0;
        }

        _used += KeyBytes;
        return _keys.AsSpan(_used - KeyBytes, KeyBytes);
    }
}
