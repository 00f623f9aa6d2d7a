using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>
/// A stream that keeps the bytes of a response's body, and refuses them beyond a maximum. The content of a response is copied into this
/// stream. Reading the content's own stream is not enough: some kinds of content first collect all their bytes for that stream.
/// </summary>
/// <param name="body">The buffer for the bytes.</param>
/// <param name="max">The maximum length, in bytes.</param>
internal sealed class LimitedBody(PooledBytes body, int max) : Stream
{
    private bool _isTooLong;

    public override bool CanRead => false;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Reads the content of a response into a buffer.</summary>
    /// <returns>
    /// Returns false if the content is longer than the maximum. The buffer then contains only the beginning of the content, and the rest is
    /// not read.
    /// </returns>
    public static async ValueTask<bool> TryReadAsync(HttpContent content, PooledBytes body, int max, CancellationToken cancellationToken)
    {
        var limited = new LimitedBody(body, max);
        try
        {
            await content.CopyToAsync(limited, cancellationToken).ConfigureAwait(false);
        }
        catch when (limited._isTooLong)
        {
            // The content stopped copying because this stream refused a write.
        }

        return !limited._isTooLong;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        int room = max - body.Position;
        if (buffer.Length > room)
        {
            body.WriteRaw(buffer[..room]);
            _isTooLong = true;
            throw new IOException($"The body is longer than {max} bytes.");
        }

        body.WriteRaw(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return default;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
