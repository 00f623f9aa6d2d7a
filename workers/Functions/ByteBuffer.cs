using System.Buffers;
using System.Text.Json;

namespace WorkerRpc.Functions;

/// <summary>
/// A growing byte buffer with a JSON writer over it, reused from call to call: a body of 100 KB that were allocated
/// anew each time would lie on the large-object heap and bring a full collection with it every few hundred calls.
/// Not thread-safe; whoever rents it disposes it.
/// </summary>
public sealed class ByteBuffer : IBufferWriter<byte>, IDisposable
{
    private const int InitialBytes = 4096;

    // Room for the largest payload, for which the JSON writer asks three bytes a character before it writes, and for a batch;
    // a larger buffer is left to the collector.
    private const int MaxKeptBytes = 1 << 22;

    // Shared by all threads, since a call's two ends run on different ones, and change them while they wait.
    private static readonly ByteBuffer?[] s_kept = new ByteBuffer?[Environment.ProcessorCount * 4];

    private byte[] _bytes = new byte[InitialBytes];
    private int _written;
    private Utf8JsonWriter? _writer;

    private ByteBuffer()
    {
    }

    /// <summary>What has been written so far; valid until the next write or <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _written);

    /// <summary>A JSON writer that starts a new value at the end of what was written.</summary>
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

    /// <summary>An empty buffer.</summary>
    public static ByteBuffer Rent()
    {
        for (int i = 0; i < s_kept.Length; i++)
        {
            if (s_kept[i] is not null && Interlocked.Exchange(ref s_kept[i], null) is { } kept)
            {
                return kept;
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

    /// <summary>Forgets what was written.</summary>
    public void Clear() => _written = 0;

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        Clear();
        if (_bytes.Length > MaxKeptBytes)
        {
            return;
        }

        for (int i = 0; i < s_kept.Length; i++)
        {
            if (s_kept[i] is null && Interlocked.CompareExchange(ref s_kept[i], this, null) is null)
            {
                return;
            }
        }
    }
}
