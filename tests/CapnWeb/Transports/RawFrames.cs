using System.Buffers.Binary;
using System.Text;

namespace WorkerRpc.Tests.CapnWeb.Transports;

/// <summary>One WebSocket frame (RFC 6455), encoded and decoded independently of the library.</summary>
internal sealed record RawFrame(int Opcode, bool IsFinal, byte[] Payload)
{
    public const int Continuation = 0, TextMessage = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10;

    private static readonly byte[] s_mask = [0x12, 0x34, 0x56, 0x78];

    public string Text => Encoding.UTF8.GetString(Payload);

    public (int Code, string Reason) CloseReason =>
        (BinaryPrimitives.ReadUInt16BigEndian(Payload), Encoding.UTF8.GetString(Payload.AsSpan(2)));

    public static RawFrame OfText(string text) => new(TextMessage, true, Encoding.UTF8.GetBytes(text));

    public static RawFrame OfClose(int code, string reason)
    {
        byte[] head = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(head, (ushort)code);
        return new(Close, true, [.. head, .. Encoding.UTF8.GetBytes(reason)]);
    }

    /// <summary>Encodes the head of a frame with this payload length.</summary>
    public static byte[] Head(int opcode, bool isFinal, long length, bool masked)
    {
        var head = new List<byte> { (byte)(opcode | (isFinal ? 0x80 : 0)) };
        int mask = masked ? 0x80 : 0;
        byte[] wide = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(wide, length);
        head.AddRange(length switch
        {
            < 126 => [(byte)(length | (byte)mask)],
            <= ushort.MaxValue => [(byte)(126 | mask), .. wide[6..]],
            _ => [(byte)(127 | mask), .. wide],
        });
        return masked ? [.. head, .. s_mask] : [.. head];
    }

    /// <summary>Encodes the frame: masked as from a client, or unmasked as from a server.</summary>
    public byte[] ToBytes(bool masked) =>
        [.. Head(Opcode, IsFinal, Payload.Length, masked), .. masked ? Payload.Select((b, i) => (byte)(b ^ s_mask[i % 4])) : Payload];

    /// <summary>Reads the next frame of a stream and unmasks its payload.</summary>
    public static async Task<RawFrame> ReadAsync(Stream stream)
    {
        byte[] head = await ReadExactlyAsync(stream, 2);
        int length = head[1] & 0x7F;
        length = length switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(await ReadExactlyAsync(stream, 2)),
            127 => (int)BinaryPrimitives.ReadInt64BigEndian(await ReadExactlyAsync(stream, 8)),
            _ => length,
        };
        byte[] mask = (head[1] & 0x80) != 0 ? await ReadExactlyAsync(stream, 4) : [];
        byte[] payload = await ReadExactlyAsync(stream, length);
        for (int i = 0; i < payload.Length && mask.Length > 0; i++)
        {
            payload[i] ^= mask[i % 4];
        }

        return new RawFrame(head[0] & 0x0F, (head[0] & 0x80) != 0, payload);
    }

    private static async Task<byte[]> ReadExactlyAsync(Stream stream, int bytes)
    {
        byte[] read = new byte[bytes];
        await stream.ReadExactlyAsync(read, TestContext.Current.CancellationToken);
        return read;
    }
}
