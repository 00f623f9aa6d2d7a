using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>
/// The connection under a WebSocket. It passes bytes through and reports them to a <see cref="PeerWatch"/>. A WebSocket reads and writes
/// frame by frame. This stream instead reads many short frames at once, and combines several frames into one write.
/// </summary>
/// <param name="inner">The connection after its handshake. It is disposed with this stream.</param>
/// <param name="watch">The object that detects a dead peer. It is disposed with this stream.</param>
/// <param name="pipe">The pipe that the connection reads from. It is null if the server does not expose it.</param>
internal sealed class WatchedStream(Stream inner, PeerWatch watch, PipeReader? pipe = null) : Stream
{
    // If a read requests less, this stream reads up to this many bytes, and keeps the rest for the next reads.
    private const int KeptBytes = 16 * 1024;

    // A read of a message waits for at most this many bytes. So the first part of a longer message is copied while the rest arrives.
    private const int MaxWaitBytes = 64 * 1024;

    // A longer write is split into pieces of this size, and the watch is notified after each piece. With pieces of 64 KiB, a message of 100
    // KB needs 10 % more time.
    private const int PieceBytes = 128 * 1024;

    // So many bytes of frames are combined before they are written. The frames are a copy of messages that are still kept elsewhere.
    private const int MaxJoinedBytes = 2 * PieceBytes;

    private readonly byte[] _kept = new byte[KeptBytes];
    private readonly PooledBytes _joined = new();
    private Memory<byte> _messageBuffer;
    private FrameLengths _frames;
    private ulong _largestFrame;
    private ulong _maxFrameBytes = ulong.MaxValue;
    private Action? _onTooLong;
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

    /// <summary>Sets the maximum payload of a frame.</summary>
    /// <param name="maxBytes">The maximum, in bytes.</param>
    /// <param name="onTooLong">
    /// A function that is called inside a read, when a received frame has announced more, and all frames before it have been read.
    /// </param>
    public void SetFrameLimit(ulong maxBytes, Action onTooLong) => (_maxFrameBytes, _onTooLong) = (maxBytes, onTooLong);

    /// <summary>Starts to watch the peer.</summary>
    /// <param name="onSilent">A function that is called once, when the peer has been silent for too long.</param>
    public void StartWatch(Action onSilent) => watch.Start(pipe is null ? null : pipe.CancelPendingRead, onSilent);

    /// <inheritdoc cref="PeerWatch.SetReceiving"/>
    public void SetReceiving(bool isReceiving) => watch.SetReceiving(isReceiving);

    /// <summary>
    /// Sets whether written frames are kept. The kept frames are sent together with the first frame that is written after this is set to
    /// false, or when they are many.
    /// </summary>
    public void SetJoining(bool isJoining) => _isJoining = isJoining;

    /// <summary>
    /// Sets the buffer for the next part of a message. A read into this buffer requests no more bytes than the frame still has, so it can
    /// wait for all of them. A read into another buffer must not wait for all, because the peer may send less.
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
        return _isJoining && _joined.Position < MaxJoinedBytes ? default : WriteJoinedAsync(cancellationToken);
    }

    // If there is a pipe, the stream is Kestrel's, which sends written bytes without a flush.
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
        if (_largestFrame > _maxFrameBytes && _onTooLong is { } report)
        {
            _onTooLong = null;
            report();
        }

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
            watch.NoteReceived();
            _largestFrame = Math.Max(_largestFrame, _frames.Follow(target.Span[..read]));
        }

        if (isShort)
        {
            (_keptStart, _keptEnd) = (0, read);
            read = TakeKept(buffer.Span);
        }

        return read;
    }

    // Reads from the pipe, because Kestrel's stream wakes its reader for each block of 4 KB. The pipe can wait for more bytes.
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
            // If the watch woke this read, the read has no bytes and is repeated.
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
        // The buffer is disposed only after a successful write. After a failed write, the socket may still use it.
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
            watch.NoteWritten(piece.Length, hasToWait);
            bytes = bytes[piece.Length..];
        }
    }
}
