using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>Gathers one message from its parts, in a buffer of the pool that grows with what arrives.</summary>
/// <param name="maxSize">The longest message, in UTF-16 code units.</param>
internal sealed class IncomingMessage(int maxSize) : IDisposable
{
    // What a large message needed is given back.
    private const int KeptBytes = 1 << 20;

    private readonly PooledBytes _bytes = new();
    private int _measuredBytes;
    private int _size;

    /// <summary>The bytes so far.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.Written;

    /// <summary>Room for the next part; never empty. A message that has filled it finds twice as much.</summary>
    public Memory<byte> GetMemory() => _bytes.GetMemory(1);

    /// <summary>Takes what was put into <see cref="GetMemory"/>.</summary>
    /// <returns>False where the message is too long.</returns>
    public bool TryAdvance(int bytes)
    {
        _bytes.Advance(bytes);
        // There are never more code units than bytes: only what could be too long is measured.
        if (_bytes.Length > maxSize)
        {
            _size += CodeUnits(Bytes.Span[_measuredBytes..]);
            _measuredBytes = _bytes.Length;
        }

        return _size <= maxSize;
    }

    /// <summary>Begins the next message.</summary>
    public void Clear()
    {
        _measuredBytes = 0;
        _size = 0;
        _bytes.Clear(KeptBytes);
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    /// <summary>What a message that is too long ends its session with.</summary>
    public RpcProtocolException TooLong() =>
        new(FormattableString.Invariant($"Incoming message exceeds maximum size of {maxSize} UTF-16 code units."));

    /// <summary>
    /// How many UTF-16 code units a part of a UTF-8 text stands for: one for each lead byte, two for that of four bytes.
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
