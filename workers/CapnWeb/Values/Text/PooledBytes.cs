using System.Buffers;

namespace WorkerRpc.CapnWeb.Values.Text;

/// <summary>
/// A growing buffer of bytes, whose memory comes from the shared pool unless it is long. Not safe for concurrent use. If other code may
/// still read the memory, the owner does not dispose the buffer but leaves it to the garbage collector.
/// </summary>
/// <param name="firstBytes">The initial size of the buffer, in bytes.</param>
internal class PooledBytes(int firstBytes = PooledBytes.DefaultFirstBytes) : IBufferWriter<byte>, IDisposable
{
    public const int DefaultFirstBytes = 4096;

    // A longer array is not pooled, and grows by this length. The pool would keep each of the arrays that a slow reader made grow.
    private const int MaxPooled = 4 << 20;

    private byte[] _buffer = [];

    /// <summary>The number of bytes written so far. Pass it to <see cref="Rollback"/> later to remove the bytes written after it.</summary>
    public int Position { get; protected set; }

    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, Position);

    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, Position);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_buffer.Length - Position), nameof(count));
        Position += count;
    }

    /// <summary>Returns memory for the next bytes: at least one byte, and at least as many as requested.</summary>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(Position);
    }

    /// <inheritdoc cref="GetMemory"/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(Position);
    }

    /// <summary>Writes bytes unchanged.</summary>
    public void WriteRaw(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(GetSpan(utf8.Length));
        Position += utf8.Length;
    }

    public void WriteRaw(byte character)
    {
        GetSpan(1)[0] = character;
        Position++;
    }

    /// <summary>Removes all bytes after a position.</summary>
    public void Rollback(int position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)position, (uint)Position, nameof(position));
        Position = position;
    }

    /// <summary>Removes all bytes. Returns the memory to the pool if it is larger than <paramref name="keptBytes"/>.</summary>
    public void Clear(int keptBytes = int.MaxValue)
    {
        Position = 0;
        if (_buffer.Length > keptBytes)
        {
            Dispose();
        }
    }

    /// <summary>Returns the memory to the pool. Writing again rents new memory.</summary>
    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        Position = 0;
        Return(buffer);
    }

    private static void Return(byte[] buffer)
    {
        if (buffer.Length is > 0 and <= MaxPooled)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Reserve(int size)
    {
        if (_buffer.Length - Position < Math.Max(size, 1))
        {
            Grow(size);
        }
    }

    private void Grow(int size)
    {
        long grown = _buffer.Length + (long)Math.Min(_buffer.Length, MaxPooled);
        int wanted = Math.Max(checked(Position + Math.Max(size, 1)), Math.Max(firstBytes, (int)Math.Min(grown, Array.MaxLength)));
        byte[] larger = wanted <= MaxPooled ? ArrayPool<byte>.Shared.Rent(wanted) : GC.AllocateUninitializedArray<byte>(wanted);
        WrittenSpan.CopyTo(larger);
        Return(_buffer);
        _buffer = larger;
    }
}
