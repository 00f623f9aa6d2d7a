using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>The first bytes of a WebSocket frame (RFC 6455, 5.2).</summary>
/// <param name="First">Whether it is the last of its message, three reserved bits, and the opcode.</param>
/// <param name="IsMasked">Whether a key stands at the head's end.</param>
/// <param name="Bytes">The length of the head.</param>
/// <param name="PayloadBytes">The length of what follows; below 0 for one that no frame may have.</param>
internal readonly record struct FrameHead(byte First, bool IsMasked, int Bytes, long PayloadBytes)
{
    /// <summary>The longest: two bytes, a length of eight and a key.</summary>
    public const int MaxBytes = 14;

    /// <summary>The length of the key with which a client masks.</summary>
    public const int KeyBytes = 4;

    private const byte Final = 0x80;
    private const byte FinalText = Final | 1;
    private const byte ControlBit = 0x08;
    private const byte Masked = 0x80;
    private const int ShortLength = 125;
    private const byte Length16 = 126;
    private const byte Length64 = 127;

    /// <summary>A text message in one frame, no extension's.</summary>
    public bool IsWholeText => First == FinalText;

    /// <summary>Whether a message is still to be gone on with after this frame.</summary>
    /// <param name="before">Whether one was before it.</param>
    public bool LeavesFragments(bool before) => (First & ControlBit) != 0 ? before : (First & Final) == 0;

    /// <summary>The key at the end of the head, as it stands in memory.</summary>
    /// <param name="bytes">The head's.</param>
    public uint KeyIn(ReadOnlySpan<byte> bytes) => IsMasked ? MemoryMarshal.Read<uint>(bytes[(Bytes - KeyBytes)..]) : 0;

    /// <param name="bytes">What has arrived.</param>
    /// <param name="head">The head that it begins with.</param>
    /// <param name="needed">How many bytes are needed where there is none yet.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FrameHead head, out int needed)
    {
        head = default;
        needed = 2;
        if (bytes.Length < needed)
        {
            return false;
        }

        bool isMasked = (bytes[1] & Masked) != 0;
        int length = bytes[1] & ~Masked;
        needed += (length switch { Length16 => sizeof(ushort), Length64 => sizeof(ulong), _ => 0 }) + (isMasked ? KeyBytes : 0);
        if (bytes.Length < needed)
        {
            return false;
        }

        head = new(bytes[0], isMasked, needed, length switch
        {
            Length16 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            Length64 => BinaryPrimitives.ReadInt64BigEndian(bytes[2..]),
            _ => length,
        });
        return true;
    }

    /// <summary>Writes the head of a text message in one frame.</summary>
    /// <returns>The head's length, without the key.</returns>
    public static int WriteText(int payloadBytes, bool isMasked, Span<byte> head)
    {
        byte masked = isMasked ? Masked : (byte)0;
        head[0] = FinalText;
        switch (payloadBytes)
        {
            case <= ShortLength:
                head[1] = (byte)(payloadBytes | masked);
                return 2;
            case <= ushort.MaxValue:
                head[1] = (byte)(Length16 | masked);
                BinaryPrimitives.WriteUInt16BigEndian(head[2..], (ushort)payloadBytes);
                return 2 + sizeof(ushort);
            default:
                head[1] = (byte)(Length64 | masked);
                BinaryPrimitives.WriteUInt64BigEndian(head[2..], (ulong)payloadBytes);
                return 2 + sizeof(ulong);
        }
    }
}
