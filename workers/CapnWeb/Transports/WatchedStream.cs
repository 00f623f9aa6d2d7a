using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>
/// The connection under a WebSocket. It passes bytes through and notifies a <see cref="PeerWatch"/> about them. A WebSocket reads and
/// writes frame by frame. This stream reads many short frames at once, and writes several frames in one write.
/// </summary>
/// <param name="inner">The connection after its handshake. Disposed with this stream.</param>
/// <param name="watch">The watch. Disposed with this stream.</param>
/// <param name="pipe">The pipe that the connection reads from. Null if the server does not expose it.</param>
internal sealed class WatchedStream(Stream inner, PeerWatch watch, PipeReader? pipe = null) : Stream
{
    // A shorter read reads up to this many bytes and keeps the rest for the next reads.
    private const int KeptBytes = 16 * 1024;

    // A read of a message waits for at most this many bytes. So a longer message is copied while its rest arrives.
    private const int MaxWaitBytes = 64 * 1024;

    // A longer write is split, and the watch is notified after each piece. With 64 KiB a message of 100 KB takes 10 % longer.
    private const int PieceBytes = 128 * 1024;

    private readonly byte[] _kept = new byte[KeptBytes];
    private readonly PooledBytes _joined = new();
    private Memory<byte> _messageBuffer;
    private int _keptStart;
    private int _keptEnd;
    private volatile bool _isJoining;
    private volatile bool _isOver;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Starts to watch the peer.</summary>
    /// <param name="onSilent">A function that is called once, when the peer has been silent for too long.</param>
    public void StartWatch(Action onSilent) => watch.Start(() => pipe?.CancelPendingRead(), onSilent);

    /// <summary>Sets whether frames are kept. Kept frames are written together with the first frame that is not.</summary>
    public void SetJoining(bool isJoining) => _isJoining = isJoining;

    /// <summary>
    /// Sets the buffer for the next part of a message. A read into this buffer requests no more bytes than the frame still has, so it
    /// can wait for all of them. A read into another buffer may request more than the peer sends.
    /// </summary>
    public void SetMessageBuffer(Memory<byte> buffer) => _messageBuffer = buffer;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _keptStart < _keptEnd ? new(TakeKept(buffer.Span)) : ReadMoreAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_isJoining && _joined.Position == 0)
        {
            return WritePiecesAsync(buffer, cancellationToken);
        }

        _joined.WriteRaw(buffer.Span);
        return _isJoining ? default : WriteJoinedAsync(cancellationToken);
    }

    // Kestrel's stream, which has a pipe, sends written bytes without a flush.
    public override Task FlushAsync(CancellationToken cancellationToken) =>
        _isJoining || pipe is not null ? Task.CompletedTask : inner.FlushAsync(cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _isOver = true;
            watch.Dispose();
            pipe?.CancelPendingRead();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int TakeKept(Span<byte> buffer)
    {
        int taken = Math.Min(buffer.Length, _keptEnd - _keptStart);
        _kept.AsSpan(_keptStart, taken).CopyTo(buffer);
        _keptStart += taken;
        return taken;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadMoreAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        bool isShort = buffer.Length < KeptBytes;
        Memory<byte> target = isShort ? _kept : buffer;
        int atLeast = buffer.Span.Overlaps(_messageBuffer.Span) ? Math.Min(buffer.Length, MaxWaitBytes) : 1;
        ValueTask<int> reading = pipe is null
            ? inner.ReadAsync(target, cancellationToken)
            : ReadPipeAsync(pipe, atLeast, target, cancellationToken);
        watch.SetListening(true);
        int read = await reading.ConfigureAwait(false);
        watch.SetListening(false);
        if (read > 0)
        {
            watch.NoteLife();
        }

        if (isShort)
        {
            (_keptStart, _keptEnd) = (0, read);
            read = TakeKept(buffer.Span);
        }

        return read;
    }

    // Kestrel's stream wakes its reader for each block of 4 KB. Its pipe can wait for more.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadPipeAsync(PipeReader from, int atLeast, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!_isOver)
        {
            ReadResult read = await from.ReadAtLeastAsync(atLeast, cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> taken = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, buffer.Length));
            int bytes = (int)taken.Length;
            taken.CopyTo(buffer.Span);
            from.AdvanceTo(taken.End);
            // A read that the watch woke has no bytes.
            if (bytes > 0 || read.IsCompleted)
            {
                return bytes;
            }
        }

        return 0;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteJoinedAsync(CancellationToken cancellationToken)
    {
        await WritePiecesAsync(_joined.WrittenMemory, cancellationToken).ConfigureAwait(false);
        // Only after a successful write. After a failed one, the socket may still use the buffer.
        _joined.Dispose();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WritePiecesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            ReadOnlyMemory<byte> piece = bytes[..Math.Min(bytes.Length, PieceBytes)];
            ValueTask writing = inner.WriteAsync(piece, cancellationToken);
            bool hasToWait = !writing.IsCompleted;
            await writing.ConfigureAwait(false);
            if (hasToWait)
            {
                watch.NoteLife();
            }
            else
            {
                watch.NoteWritten(piece.Length);
            }

            bytes = bytes[piece.Length..];
        }
    }
}
