using System.IO.Pipelines;

namespace WorkerRpc.Tests.CapnWeb.Transports;

/// <summary>One end of a connection in memory. Counts its writes and limits the bytes per read.</summary>
internal sealed class WireStream(PipeReader from, PipeWriter to, int maxReadBytes) : Stream
{
    private readonly Stream _reader = from.AsStream();
    private readonly TaskCompletionSource _stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PipeReader Input => from;

    /// <summary>The number of writes at this end.</summary>
    public int Writes { get; private set; }

    /// <summary>Whether writes never complete, as with a peer that does not read.</summary>
    public bool IsStuck { get; set; }

    /// <summary>Completes when a write is stuck.</summary>
    public Task Stuck => _stuck.Task;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Creates two connected ends. A write waits while the peer has more than the threshold unread; 0 means no limit.</summary>
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
            _stuck.TrySetResult();
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
        // Like on a socket, disposing ends a waiting read.
        from.CancelPendingRead();
        from.Complete();
        base.Dispose(disposing);
    }
}
