using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>Gathers one message from its parts, and measures it before it grows.</summary>
/// <param name="maxSize">The longest message, in UTF-16 code units.</param>
internal sealed class IncomingMessage(int maxSize)
{
    private const int SmallestBytes = 4096;

    // What a large message needed is given back.
    private const int KeptBytes = 1 << 20;

    private byte[] _bytes = [];
    private int _length;
    private int _measuredBytes;
    private int _size;

    /// <summary>The bytes so far.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>Room for the next part; never empty.</summary>
    public Memory<byte> GetMemory()
    {
        if (_length == _bytes.Length)
        {
            // No character takes more than three bytes a code unit, so that this is bounded by the limit.
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(SmallestBytes, _bytes.Length * 2L)));
        }

        return _bytes.AsMemory(_length);
    }

    /// <summary>Takes what was put into <see cref="GetMemory"/>.</summary>
    /// <exception cref="RpcProtocolException">The message is too long.</exception>
    public void Advance(int bytes)
    {
        _length += bytes;
        // There are never more code units than bytes: only what could be too long is measured.
        if (_length > maxSize)
        {
            _size += CodeUnits(_bytes.AsSpan(_measuredBytes, _length - _measuredBytes));
            _measuredBytes = _length;
            if (_size > maxSize)
            {
                throw TooLong(maxSize);
            }
        }
    }

    public void Clear()
    {
        _length = 0;
        _measuredBytes = 0;
        _size = 0;
        if (_bytes.Length > KeptBytes)
        {
            _bytes = [];
        }
    }

    /// <summary>What a message that is too long ends its session with.</summary>
    public static RpcProtocolException TooLong(int maxSize) =>
        new(FormattableString.Invariant($"Incoming message exceeds maximum size of {maxSize} UTF-16 code units."));

    /// <summary>How many UTF-16 code units some part of a UTF-8 text stands for: each lead byte for one, that of four bytes for two.</summary>
    public static int CodeUnits(ReadOnlySpan<byte> part)
    {
        int units = 0;
        foreach (byte b in part)
        {
            units += ((b & 0xC0) != 0x80 ? 1 : 0) + (b >= 0xF0 ? 1 : 0);
        }

        return units;
    }
}
