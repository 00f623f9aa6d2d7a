using System.Buffers;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>A buffer of bytes from the pool that grows. Left to the collector where somebody may still read it.</summary>
internal sealed class PooledBytes : IDisposable
{
    private const int SmallestBytes = 4096;

    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Room for at least so many bytes.</summary>
    public Memory<byte> GetMemory(int bytes)
    {
        int wanted = checked(Length + bytes);
        if (wanted > _bytes.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, SmallestBytes));
            Written.Span.CopyTo(larger);
            byte[] smaller = _bytes;
            _bytes = larger;
            Return(smaller);
        }

        return _bytes.AsMemory(Length);
    }

    public void Advance(int bytes) => Length += bytes;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetMemory(bytes.Length).Span);
        Advance(bytes.Length);
    }

    /// <summary>Reads to the end of a stream.</summary>
    /// <param name="stream">Where from.</param>
    /// <param name="announced">How many bytes the sender says there are; null where it does not.</param>
    /// <param name="max">How many are taken.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>False where there are more; not many more have then been kept.</returns>
    public async ValueTask<bool> TryReadAsync(Stream stream, long? announced, int max, CancellationToken cancellationToken)
    {
        if (announced > max)
        {
            return false;
        }

        // An announced length is only a claim: beyond what is usual the buffer grows with what really arrives. One byte more,
        // so that the read that finds the end needs no larger buffer.
        int chunk = (int)Math.Min(announced ?? SmallestBytes, 1 << 20) + 1;
        while (true)
        {
            int read = await stream.ReadAsync(GetMemory(chunk), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return true;
            }

            Advance(read);
            if (Length > max)
            {
                return false;
            }

            chunk = Math.Max(chunk - read, 1);
        }
    }

    /// <summary>Forgets what was written, and keeps the buffer unless it is larger than so many bytes.</summary>
    public void Clear(int keptBytes)
    {
        Length = 0;
        if (_bytes.Length > keptBytes)
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        byte[] bytes = _bytes;
        (_bytes, Length) = ([], 0);
        Return(bytes);
    }

    private static void Return(byte[] bytes)
    {
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
