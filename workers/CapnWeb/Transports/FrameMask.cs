using System.Numerics;
using System.Runtime.InteropServices;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>The masking of a client's frames (RFC 6455, 5.3), the same both ways.</summary>
internal static class FrameMask
{
    /// <param name="from">A frame's whole payload.</param>
    /// <param name="to">Gets as many bytes; may be the same.</param>
    /// <param name="key">As it stands in memory.</param>
    /// <returns>Whether nothing but ASCII was written.</returns>
    public static bool Apply(ReadOnlySpan<byte> from, Span<byte> to, uint key)
    {
        Vector<byte> keys = Vector.AsVectorByte(new Vector<uint>(key));
        Vector<byte> all = Vector<byte>.Zero;
        byte last = 0;
        int i = 0;
        for (; i <= from.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector<byte> applied = new Vector<byte>(from[i..]) ^ keys;
            applied.CopyTo(to[i..]);
            all |= applied;
        }

        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in key));
        for (; i < from.Length; i++)
        {
            to[i] = (byte)(from[i] ^ bytes[i % bytes.Length]);
            last |= to[i];
        }

        return Vector.LessThanOrEqualAll(all, new Vector<byte>(0x7F)) && last <= 0x7F;
    }
}
