using System.IO.Pipelines;

namespace WorkerRpc.Tests.CapnWeb.Transports;

/// <summary>One end of a connection in memory that counts its writes and gives its reader no more than some bytes at a time.</summary>
internal sealed class WireStream(PipeReader from, PipeWriter to, int maxReadBytes) : Stream
{
    private readonly Stream _reader = from.AsStream();

    /// <summary>What this end reads from.</summary>
    public PipeReader Input => from;

    /// <summary>How often this end has been written to.</summary>
    public int Writes { get; private set; }

    /// <summary>Whether what is written stays where it is: a peer that does not read.</summary>
    public bool IsStuck { get; set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <param name="maxReadBytes">The most that a read gives.</param>
    /// <param name="pauseWriterThreshold">So many bytes unread make a write wait; 0 for never.</param>
    public static (WireStream First, WireStream Second) CreatePair(int maxReadBytes = int.MaxValue, long pauseWriterThreshold = 0)
    {
        var options = new PipeOptions(
            pauseWriterThreshold: pauseWriterThreshold, resumeWriterThreshold: pauseWriterThreshold, useSynchronizationContext: false);
        var (one, other) = (new Pipe(options), new Pipe(options));
        return (new WireStream(one.Reader, other.Writer, maxReadBytes), new WireStream(other.Reader, one.Writer, maxReadBytes));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        await _reader.ReadAsync(buffer[..Math.Min(buffer.Length, maxReadBytes)], cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Writes++;
        if (IsStuck)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        await to.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        to.Complete();
        // As a socket does: a read that waits ends.
        from.CancelPendingRead();
        from.Complete();
        base.Dispose(disposing);
    }
}
