using System.Buffers.Binary;
using System.Text;

namespace WorkerRpc.Hostile.Mutating;

/// <summary>Writes a client's WebSocket frames (RFC 6455), legal and illegal ones.</summary>
internal static class Frames
{
    private const int Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10;

    private const byte Final = 0x80, Masked = 0x80;

    // Recipes whose delivery byte is below this value break the rules of frames.
    private const int IllegalBelow = 16;

    private static readonly byte[] s_mask = [0x12, 0x34, 0x56, 0x78];

    /// <summary>
    /// The messages as frames, and a close frame. The delivery byte of a recipe chooses how they are cut into fragments, which control
    /// frames lie between them, and whether one of them is illegal.
    /// </summary>
    public static byte[] Of(IReadOnlyList<string> messages, byte delivery)
    {
        var bytes = new List<byte>();
        for (int i = 0; i < messages.Count; i++)
        {
            byte[] message = Encoding.UTF8.GetBytes(messages[i]);
            if (delivery < IllegalBelow && i == messages.Count / 2)
            {
                AddIllegal(bytes, message, delivery);
            }
            else if (delivery % 3 == 1)
            {
                AddFragments(bytes, message, pieces: 2 + (delivery % 7), hasPings: delivery % 2 == 0);
            }
            else
            {
                Add(bytes, Final | Text, message);
            }

            if (delivery % 5 == 1)
            {
                Add(bytes, Final | (delivery % 2 == 0 ? Ping : Pong), message.AsSpan(0, Math.Min(message.Length, 125)));
            }
        }

        // Status code 1000.
        Add(bytes, Final | Close, [0x03, 0xE8]);
        return [.. bytes];
    }

    private static void AddFragments(List<byte> bytes, ReadOnlySpan<byte> message, int pieces, bool hasPings)
    {
        int length = (message.Length / pieces) + 1;
        for (int start = 0; start < message.Length; start += length)
        {
            bool isLast = start + length >= message.Length;
            int end = isLast ? message.Length : start + length;
            Add(bytes, (start == 0 ? Text : Continuation) | (isLast ? Final : 0), message[start..end]);
            if (hasPings && !isLast)
            {
                Add(bytes, Final | Ping, "p"u8);
            }
        }
    }

    private static void AddIllegal(List<byte> bytes, byte[] message, int kind)
    {
        switch (kind)
        {
            case 0:
                Add(bytes, Final | Binary, message);
                break;
            case 1:
                // A reserved bit.
                Add(bytes, Final | 0x40 | Text, message);
                break;
            case 2:
                // A reserved operation.
                Add(bytes, Final | 3, message);
                break;
            case 3:
                // A continuation of nothing.
                Add(bytes, Final | Continuation, message);
                break;
            case 4:
                // A control frame that is too long.
                Add(bytes, Final | Ping, new byte[200]);
                break;
            case 5:
                // A control frame in fragments.
                Add(bytes, Ping, "p"u8);
                break;
            case 6:
                AddHead(bytes, Final | Text, long.MaxValue);
                break;
            case 7:
                AddHead(bytes, Final | Text, long.MinValue);
                break;
            case 8:
                AddHead(bytes, Final | Text, int.MaxValue);
                break;
            case 9:
                // Not masked.
                bytes.AddRange([Final | Text, (byte)Math.Min(message.Length, 125), .. message.Take(125)]);
                break;
            case 10:
                // Invalid UTF-8.
                Add(bytes, Final | Text, [.. message, 0xC3, 0x28]);
                break;
            case 11:
                Add(bytes, Final | Text, []);
                break;
            case 12:
                // A close frame with half a status code, then more messages.
                Add(bytes, Final | Close, [0x03]);
                break;
            case 13:
                // A second message before the first one has ended.
                Add(bytes, Text, message);
                Add(bytes, Final | Text, message);
                break;
            default:
                // The connection ends within a frame.
                AddHead(bytes, Final | Text, message.Length + 1_000);
                bytes.AddRange(message);
                break;
        }
    }

    private static void Add(List<byte> bytes, int first, ReadOnlySpan<byte> payload)
    {
        AddHead(bytes, first, payload.Length);
        for (int i = 0; i < payload.Length; i++)
        {
            bytes.Add((byte)(payload[i] ^ s_mask[i % s_mask.Length]));
        }
    }

    private static void AddHead(List<byte> bytes, int first, long length)
    {
        Span<byte> wide = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(wide, length);
        bytes.Add((byte)first);
        if (length is >= 0 and < 126)
        {
            bytes.Add((byte)(Masked | (int)length));
        }
        else if (length is >= 0 and <= ushort.MaxValue)
        {
            bytes.Add(Masked | 126);
            bytes.AddRange(wide[^sizeof(ushort)..]);
        }
        else
        {
            bytes.Add(Masked | 127);
            bytes.AddRange(wide);
        }

        bytes.AddRange(s_mask);
    }
}
