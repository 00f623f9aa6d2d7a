using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace WorkerRpc.CapnWeb.Values.Text;

/// <summary>Expressions and messages as they are written: a pooled buffer that grows, and can be rolled back to a mark.</summary>
internal sealed class ExpressionWriter : IBufferWriter<byte>, IDisposable
{
    private const int FirstSize = 1024;

    // long.MinValue with its sign.
    private const int MaxIntegerLength = 20;

    // UTF-8 takes at most three bytes for a UTF-16 unit; an escape takes six characters.
    private const int MaxBytesPerUnit = 3;
    private const int MaxEscapedPerUnit = 6;

    private byte[] _buffer = [];

    /// <summary>Number of bytes written. Pass it to <see cref="Rollback"/> later to drop what was written after it.</summary>
    public int Position { get; private set; }

    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, Position);

    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, Position);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_buffer.Length - Position), nameof(count));
        Position += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(Position);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(Position);
    }

    /// <summary>Writes bytes as they are.</summary>
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

    public void WriteInteger(long value)
    {
        Utf8Formatter.TryFormat(value, GetSpan(MaxIntegerLength), out int written);
        Position += written;
    }

    /// <summary>Writes a string in quotes, escaped as <c>JSON.stringify</c> does.</summary>
    public void WriteString(ReadOnlySpan<char> value)
    {
        Span<char> escape = stackalloc char[MaxEscapedPerUnit];
        WriteRaw((byte)'"');
        while (true)
        {
            int plain = CanonicalEncoder.IndexOfEscaped(value);
            WriteUnescaped(plain < 0 ? value : value[..plain]);
            if (plain < 0)
            {
                break;
            }

            WriteUnescaped(escape[..CanonicalEncoder.Escape(value[plain], escape)]);
            value = value[(plain + 1)..];
        }

        WriteRaw((byte)'"');
    }

    /// <summary>Drops everything after a position.</summary>
    public void Rollback(int position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)position, (uint)Position, nameof(position));
        Position = position;
    }

    /// <summary>Drops everything and keeps the memory.</summary>
    public void Clear() => Position = 0;

    /// <summary>Returns the memory to the pool. Writing again rents new memory.</summary>
    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        Position = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void WriteUnescaped(ReadOnlySpan<char> value) =>
        Position += Encoding.UTF8.GetBytes(value, GetSpan(checked(value.Length * MaxBytesPerUnit)));

    private void Reserve(int size)
    {
        if (_buffer.Length - Position < Math.Max(size, 1))
        {
            Grow(size);
        }
    }

    private void Grow(int size)
    {
        int wanted = Math.Max(
            checked(Position + Math.Max(size, 1)), Math.Max(FirstSize, (int)Math.Min(2L * _buffer.Length, Array.MaxLength)));
        byte[] larger = ArrayPool<byte>.Shared.Rent(wanted);
        WrittenSpan.CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }
}
