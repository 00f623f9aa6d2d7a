using System.Buffers;
using System.Threading.Tasks.Sources;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>
/// One direction of an exchange: bytes from one writer to one reader. What is small is copied into a kept buffer and the
/// writer goes on at once; what is large is lent to the reader, who copies it from the writer's own memory, and the
/// writer goes on when it is taken. Reused from request to request: whoever comes late, with the turn of an earlier
/// request, is refused.
/// </summary>
/// <remarks>
/// An end that waits is resumed on the thread that gave it what it waits for where that end is the application, and on
/// the thread pool where it is the caller: code of the caller's may block until the application goes on, so it must
/// not stand on top of it.
/// </remarks>
/// <param name="gate">The exchange's lock. Nobody is resumed and no callback runs within it.</param>
/// <param name="applicationReads">Which of the two ends the application is.</param>
internal sealed class BodyChannel(object gate, bool applicationReads) : IValueTaskSource<int>, IValueTaskSource
{
    /// <summary>What a writer can be ahead of its reader before it waits: as much as in a pipe of TestServer's.</summary>
    public const int PauseBytes = 64 * 1024;

    private const int ResumeBytes = PauseBytes / 2;
    private const int LeastBytes = 4 * 1024;
    private const int MaxKeptBytes = 16 * 1024;

    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private int _uncommitted;
    private ReadOnlyMemory<byte> _lent;
    private Memory<byte> _wanted;
    private bool _readerWaits;
    private bool _writerWaits;
    private int _blockedReaders;
    private bool _completed;
    private bool _abandoned;
    private bool _flushCancelled;
    private Exception? _error;
    private int _turn;
    private ManualResetValueTaskSourceCore<int> _reading;
    private ManualResetValueTaskSourceCore<bool> _writing;
    private CancellationTokenRegistration _readingCancellation;
    private CancellationTokenRegistration _writingCancellation;

    /// <summary>Of which request the channel is now.</summary>
    public int Turn => _turn;

    /// <summary>Whether a reader waits for more.</summary>
    public bool IsBeingRead
    {
        get
        {
            lock (gate)
            {
                return _readerWaits;
            }
        }
    }

    /// <summary>Whether all has been written and read.</summary>
    public bool IsAtEnd(int turn)
    {
        lock (gate)
        {
            return turn == _turn && _completed && _error is null && !HasBytes;
        }
    }

    private bool HasBytes => _end > _start || !_lent.IsEmpty;

    private int BufferedBytes => _end - _start;

    /// <summary>Begins the next request's turn with an empty channel.</summary>
    public void Reset()
    {
        lock (gate)
        {
            _turn++;
            DropBytes();
            if (_buffer.Length > MaxKeptBytes)
            {
                ReturnBuffer();
            }

            _completed = false;
            _abandoned = false;
            _flushCancelled = false;
            _error = null;
        }
    }

    /// <summary>Reads what there is, or waits for more; 0 at the end.</summary>
    /// <exception cref="ObjectDisposedException">The request is over.</exception>
    public ValueTask<int> ReadAsync(int turn, Memory<byte> into, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellation);
        }

        int read;
        bool resumeWriter;
        lock (gate)
        {
            if (!CanRead(turn))
            {
                _wanted = into;
                _readerWaits = true;
                _reading.Reset();
                _readingCancellation = cancellation.UnsafeRegister(static (state, token) => ((BodyChannel)state!).CancelReading(token), this);
                return new ValueTask<int>(this, _reading.Version);
            }

            read = Take(into.Span);
            resumeWriter = TakeWaitingWriter();
        }

        if (resumeWriter)
        {
            ResumeWriter(error: null);
        }

        return new ValueTask<int>(read);
    }

    /// <summary>As <see cref="ReadAsync"/>, blocking this thread while there is nothing.</summary>
    public int Read(int turn, Span<byte> into)
    {
        int read;
        bool resumeWriter;
        lock (gate)
        {
            while (!CanRead(turn))
            {
                _blockedReaders++;
                Monitor.Wait(gate);
                _blockedReaders--;
            }

            read = Take(into);
            resumeWriter = TakeWaitingWriter();
        }

        if (resumeWriter)
        {
            ResumeWriter(error: null);
        }

        return read;
    }

    /// <summary>Writes; done when the bytes are copied or, where they are too many, taken by the reader.</summary>
    public ValueTask WriteAsync(int turn, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellation);
        }

        lock (gate)
        {
            if (!CanWrite(turn))
            {
                return default;
            }

            if (!_readerWaits && BufferedBytes + _uncommitted + bytes.Length <= PauseBytes)
            {
                Commit();
                Append(bytes.Span);
                WakeBlockedReaders();
                return default;
            }
        }

        Lend(turn, bytes);
        return SettleAsync(turn, cancellation);
    }

    /// <summary>As <see cref="WriteAsync"/>, never waiting: whatever the reader has not taken is kept.</summary>
    public void Write(int turn, ReadOnlySpan<byte> bytes)
    {
        int? filled;
        lock (gate)
        {
            if (!CanWrite(turn))
            {
                return;
            }

            Commit();
            Append(bytes);
            filled = FillWaitingReader();
            WakeBlockedReaders();
        }

        ResumeReader(filled);
    }

    /// <summary>Lets the reader take bytes from the writer's own memory, until <see cref="SettleAsync"/> is done.</summary>
    public void Lend(int turn, ReadOnlyMemory<byte> bytes)
    {
        int? filled;
        lock (gate)
        {
            if (!CanWrite(turn))
            {
                return;
            }

            Commit();
            _lent = bytes;
            filled = FillWaitingReader();
            WakeBlockedReaders();
        }

        ResumeReader(filled);
    }

    /// <summary>Done when no lent memory is needed any more: at once, if the rest of it is small enough to be copied.</summary>
    public ValueTask SettleAsync(int turn, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (turn != _turn || _lent.IsEmpty)
            {
                return default;
            }

            if (BufferedBytes + _lent.Length <= PauseBytes)
            {
                KeepLent();
                return default;
            }

            return new ValueTask(this, WaitAsWriter(cancellation));
        }
    }

    /// <summary>Room for at least so many bytes, which <see cref="Advance"/> takes up.</summary>
    public Memory<byte> GetMemory(int turn, int sizeHint)
    {
        lock (gate)
        {
            // What is written for a reader who has gone is written nowhere, but the memory has to be there.
            _ = CanWrite(turn);
            Reserve(Math.Max(sizeHint, 1));
            return _buffer.AsMemory(_end + _uncommitted);
        }
    }

    /// <summary>Takes up bytes that were written into <see cref="GetMemory"/>; the reader sees them when they are flushed.</summary>
    public void Advance(int turn, int bytes)
    {
        lock (gate)
        {
            _ = CanWrite(turn);
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)(_buffer.Length - _end - _uncommitted), nameof(bytes));
            _uncommitted += bytes;
        }
    }

    /// <summary>The bytes that were advanced over and not flushed.</summary>
    public int UncommittedBytes => _uncommitted;

    /// <summary>Whether the reader has gone, so that nobody reads what is written.</summary>
    public bool IsAbandoned => _abandoned;

    /// <summary>Lets the reader see what was advanced over; done when it is not too far behind.</summary>
    public ValueTask FlushAsync(int turn, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellation);
        }

        int? filled;
        lock (gate)
        {
            if (!CanWrite(turn))
            {
                _uncommitted = 0;
                return default;
            }

            Commit();
            filled = FillWaitingReader();
            WakeBlockedReaders();
        }

        ResumeReader(filled);
        lock (gate)
        {
            return turn != _turn || BufferedBytes <= PauseBytes || _flushCancelled || _abandoned || _error is not null
                ? default
                : new ValueTask(this, WaitAsWriter(cancellation));
        }
    }

    /// <summary>Ends a flush that waits, or the next one, without an error.</summary>
    public void CancelFlush(int turn)
    {
        bool resumeWriter;
        lock (gate)
        {
            if (turn != _turn)
            {
                return;
            }

            _flushCancelled = true;
            resumeWriter = _writerWaits && _lent.IsEmpty;
            _writerWaits &= !resumeWriter;
        }

        if (resumeWriter)
        {
            ResumeWriter(error: null);
        }
    }

    /// <summary>Whether the last flush was cancelled; forgets it.</summary>
    public bool TakeFlushCancelled()
    {
        lock (gate)
        {
            bool cancelled = _flushCancelled;
            _flushCancelled = false;
            return cancelled;
        }
    }

    /// <summary>Ends the body: the reader gets what was written, then the end.</summary>
    public void Complete()
    {
        int? filled;
        lock (gate)
        {
            if (_completed)
            {
                return;
            }

            if (!_abandoned && _error is null)
            {
                Commit();
            }

            _completed = true;
            filled = _readerWaits && !HasBytes ? EndWaiting(0) : FillWaitingReader();
            WakeBlockedReaders();
        }

        ResumeReader(filled);
    }

    /// <summary>Ends the body with an error, at once: what was not read yet is dropped, both ends fail.</summary>
    public void Break(Exception error)
    {
        bool resumeReader;
        bool resumeWriter;
        lock (gate)
        {
            if (_error is not null || _abandoned)
            {
                return;
            }

            _error = error;
            (resumeReader, resumeWriter) = EndWaits();
        }

        if (resumeReader)
        {
            FailReader(error);
        }

        if (resumeWriter)
        {
            ResumeWriter(Closed());
        }
    }

    /// <summary>The reader has gone: what it did not read is dropped, and so is what is still written.</summary>
    /// <param name="why">What a read that waits, or comes later, fails with.</param>
    /// <param name="writer">What a writer fails with; null where it writes on into the void.</param>
    public void Abandon(Exception why, Exception? writer)
    {
        bool resumeReader;
        bool resumeWriter;
        lock (gate)
        {
            if (_abandoned || _error is not null)
            {
                return;
            }

            _error = why;
            _abandoned = writer is null;
            (resumeReader, resumeWriter) = EndWaits();
        }

        if (resumeReader)
        {
            FailReader(why);
        }

        if (resumeWriter)
        {
            ResumeWriter(writer);
        }
    }

    int IValueTaskSource<int>.GetResult(short token)
    {
        _readingCancellation.Dispose();
        return _reading.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _reading.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _reading.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token)
    {
        _writingCancellation.Dispose();
        _writing.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _writing.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _writing.OnCompleted(continuation, state, token, flags);

    private static ObjectDisposedException Over() => new(objectName: null, "The request is over, and with it the reading and writing of its bodies.");

    private IOException Closed() => new("The body cannot be written any more: the request was aborted, or the body is complete.", _error);

    private bool CanRead(int turn)
    {
        if (turn != _turn)
        {
            throw Over();
        }

        if (_readerWaits)
        {
            throw new InvalidOperationException("The body is being read already: one read at a time.");
        }

        return _error is { } error ? throw error : HasBytes || _completed;
    }

    /// <summary>False where what is written goes nowhere.</summary>
    private bool CanWrite(int turn)
    {
        if (turn != _turn)
        {
            throw new IOException("The body cannot be written any more.", Over());
        }

        if (_abandoned)
        {
            return false;
        }

        if (_completed || _error is not null)
        {
            throw Closed();
        }

        return !_writerWaits && _lent.IsEmpty ? true : throw new InvalidOperationException("The body is being written already: one write at a time.");
    }

    private int Take(Span<byte> into)
    {
        int buffered = Math.Min(into.Length, BufferedBytes);
        _buffer.AsSpan(_start, buffered).CopyTo(into);
        _start += buffered;
        int lent = Math.Min(into.Length - buffered, _lent.Length);
        _lent.Span[..lent].CopyTo(into[buffered..]);
        _lent = _lent[lent..];
        return buffered + lent;
    }

    private int? FillWaitingReader() => _readerWaits && HasBytes ? EndWaiting(Take(_wanted.Span)) : null;

    private int EndWaiting(int read)
    {
        _readerWaits = false;
        _wanted = default;
        return read;
    }

    private (bool Reader, bool Writer) EndWaits()
    {
        (bool, bool) waited = (_readerWaits, _writerWaits);
        _readerWaits = _writerWaits = false;
        _wanted = default;
        DropBytes();
        WakeBlockedReaders();
        return waited;
    }

    private bool TakeWaitingWriter()
    {
        bool resume = _writerWaits && _lent.IsEmpty && BufferedBytes <= ResumeBytes;
        _writerWaits &= !resume;
        return resume;
    }

    private short WaitAsWriter(CancellationToken cancellation)
    {
        _writerWaits = true;
        _writing.Reset();
        _writingCancellation = cancellation.UnsafeRegister(static (state, token) => ((BodyChannel)state!).CancelWriting(token), this);
        return _writing.Version;
    }

    private void CancelReading(CancellationToken cancellation)
    {
        lock (gate)
        {
            if (!_readerWaits)
            {
                return;
            }

            EndWaiting(0);
        }

        FailReader(new OperationCanceledException(cancellation));
    }

    private void CancelWriting(CancellationToken cancellation)
    {
        lock (gate)
        {
            if (!_writerWaits)
            {
                return;
            }

            _writerWaits = false;
            // The writer may use its memory again as soon as it knows; the body stays whole.
            KeepLent();
        }

        ResumeWriter(new OperationCanceledException(cancellation));
    }

    private void ResumeReader(int? read)
    {
        if (read is { } bytes)
        {
            _reading.RunContinuationsAsynchronously = !(applicationReads && CallersThread.MayRunApplication);
            _reading.SetResult(bytes);
        }
    }

    private void FailReader(Exception error)
    {
        _reading.RunContinuationsAsynchronously = true;
        _reading.SetException(error);
    }

    private void ResumeWriter(Exception? error)
    {
        _writing.RunContinuationsAsynchronously = applicationReads || error is not null || !CallersThread.MayRunApplication;
        if (error is null)
        {
            _writing.SetResult(true);
        }
        else
        {
            _writing.SetException(error);
        }
    }

    private void WakeBlockedReaders()
    {
        if (_blockedReaders > 0)
        {
            Monitor.PulseAll(gate);
        }
    }

    private void Commit()
    {
        _end += _uncommitted;
        _uncommitted = 0;
    }

    private void KeepLent()
    {
        Append(_lent.Span);
        _lent = default;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Makes room behind what is held. Only for the writer, who then has no memory out.</summary>
    private void Reserve(int bytes)
    {
        if (_start > 0 && _start == _end && _uncommitted == 0)
        {
            _start = _end = 0;
        }

        int held = BufferedBytes + _uncommitted;
        if (_buffer.Length - _start - held >= bytes)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(LeastBytes, Math.Max(held + bytes, _buffer.Length * 2)));
        _buffer.AsSpan(_start, held).CopyTo(larger);
        int committed = BufferedBytes;
        int uncommitted = _uncommitted;
        ReturnBuffer();
        (_buffer, _end, _uncommitted) = (larger, committed, uncommitted);
    }

    private void ReturnBuffer()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _start = _end = _uncommitted = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void DropBytes()
    {
        _start = _end = _uncommitted = 0;
        _lent = default;
    }
}
