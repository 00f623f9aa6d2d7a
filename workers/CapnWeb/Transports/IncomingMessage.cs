using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>Collects the parts of one message in a buffer that grows with the received bytes.</summary>
/// <param name="maxSize">The maximum length of a message, in UTF-16 code units.</param>
internal sealed class IncomingMessage(int maxSize) : IDisposable
{
    // Larger memory returns to the pool after a message.
    private const int KeptBytes = 1 << 20;

    private readonly PooledBytes _bytes = new();
    private int _measuredBytes;
    private int _size;

    /// <summary>The bytes that were received so far.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    /// <summary>Memory for the next part. Never empty: when the buffer is full, it doubles.</summary>
    public Memory<byte> GetMemory() => _bytes.GetMemory(1);

    /// <summary>Adds the bytes that were written to <see cref="GetMemory"/>.</summary>
    /// <returns>False if the message is too long.</returns>
    public bool TryAdvance(int bytes)
    {
        _bytes.Advance(bytes);
        // A code unit takes at least one byte, so only messages with more bytes than the maximum are counted.
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
