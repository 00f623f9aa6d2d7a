using System.Buffers;
using System.Text.Json;

namespace WorkerRpc.Functions;

/// <summary>
/// A pooled, growing byte buffer with a JSON writer. Without the pool, each body of 100 KB would be allocated on the
/// large-object heap and cause a full collection every few hundred calls. A buffer is not thread-safe. Disposing it returns it to the
/// pool.
/// </summary>
public sealed class ByteBuffer : IBufferWriter<byte>, IDisposable
{
    private const int InitialBytes = 4096;

    // The largest buffer that is returned to the pool. Batches and the largest payload fit into 4 MB. The JSON writer reserves
    // 3 bytes per character of the payload.
    private const int MaxPooledBytes = 1 << 22;

    // All threads share the pool, because the caller and the runtime of one call may use different threads.
    private static readonly ByteBuffer?[] s_pool = new ByteBuffer?[Environment.ProcessorCount * 4];

    private byte[] _bytes = new byte[InitialBytes];
    private int _written;
    private Utf8JsonWriter? _writer;

    private ByteBuffer()
    {
    }

    /// <summary>The written bytes. They are valid until the next write or <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _written);

    /// <summary>A JSON writer that appends a new value to the written bytes.</summary>
    public Utf8JsonWriter Writer
    {
        get
        {
            if (_writer is null)
            {
                return _writer = new Utf8JsonWriter(this);
            }

            _writer.Reset(this);
            return _writer;
        }
    }

    /// <summary>Returns an empty buffer from the pool, or a new one.</summary>
    public static ByteBuffer Rent()
    {
        for (int i = 0; i < s_pool.Length; i++)
        {
            if (s_pool[i] is not null && Interlocked.Exchange(ref s_pool[i], null) is { } pooled)
            {
                return pooled;
            }
        }

        return new ByteBuffer();
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - _written), nameof(count));
        _written += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        int needed = _written + Math.Max(sizeHint, 1);
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
        }

        return _bytes.AsMemory(_written);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Removes all written bytes.</summary>
    public void Clear() => _written = 0;

    /// <summary>Returns the buffer to the pool.</summary>
    public void Dispose()
    {
        Clear();
        if (_bytes.Length > MaxPooledBytes)
        {
            return;
        }

        for (int i = 0; i < s_pool.Length; i++)
        {
            if (s_pool[i] is null && Interlocked.CompareExchange(ref s_pool[i], this, null) is null)
            {
                return;
            }
        }
    }
}
