using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>Collects the parts of one message in a buffer that grows with the received bytes.</summary>
/// <param name="maxSize">The maximum length of a message, in UTF-16 code units.</param>
internal sealed class IncomingMessage(int maxSize) : IDisposable
{
    // The maximum size of the buffer that is kept after a message, in bytes. A larger buffer returns to the pool.
    private const int KeptBytes = 1 << 20;

    // The least number of bytes that a read requests. It keeps the last reads before the maximum from becoming ever shorter.
    private const int LeastRoom = 1024;

    private readonly PooledBytes _bytes = new();
    private int _measuredBytes;
    private int _size;

    /// <summary>The bytes that were received so far.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    /// <summary>
    /// Returns memory for the next part. The memory is never empty: when the buffer is full, its size doubles. Only a small part of the
    /// memory lies beyond the maximum length.
    /// </summary>
    public Memory<byte> GetMemory()
    {
        Memory<byte> room = _bytes.GetMemory(1);
        // A code unit takes at least one byte. _size counts the code units only after the bytes have reached the maximum.
        int left = maxSize - (_measuredBytes == 0 ? _bytes.Position : _size);
        return room[..Math.Min(room.Length, Math.Max(left, LeastRoom))];
    }

    /// <summary>Adds bytes to the message: the caller has written them to the memory from <see cref="GetMemory"/>.</summary>
    /// <returns>Returns false if the message exceeds the maximum length.</returns>
    public bool TryAdvance(int bytes)
    {
        _bytes.Advance(bytes);
        // The maximum is in UTF-16 code units. A text has no more code units than bytes of UTF-8, so the code units are counted only
        // if the bytes exceed the maximum.
        if (_bytes.Position > maxSize)
        {
            _size += CodeUnits(Bytes.Span[_measuredBytes..]);
            _measuredBytes = _bytes.Position;
        }

        return _size <= maxSize;
    }

    /// <summary>Starts the next message.</summary>
    public void Clear()
    {
        _measuredBytes = 0;
        _size = 0;
        _bytes.Clear(KeptBytes);
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    /// <summary>Creates the error for a message that is too long. It ends the session.</summary>
    public RpcProtocolException TooLong() =>
        new(FormattableString.Invariant($"Incoming message exceeds maximum size of {maxSize} UTF-16 code units."));

    /// <summary>
    /// Counts the UTF-16 code units of a part of a UTF-8 text: one for each lead byte, and two for the lead byte of a four-byte sequence.
    /// </summary>
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
