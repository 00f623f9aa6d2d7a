using System.Buffers;
using System.IO.Pipelines;
using MessagePack;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Pipe;

/// <summary>The body of a frame that is to be sent.</summary>
internal interface IFrameBody
{
    /// <summary>Upper bound of the bytes that <see cref="Write"/> writes, known before encoding.</summary>
    long MaxBytes { get; }

    void Write(ref MessagePackWriter writer);
}

/// <summary>
/// The sending side of one direction of a connection. Any thread may send: frames are encoded directly into the pipe, one
/// at a time, and senders wait while the pipe holds more bytes than its threshold.
/// </summary>
internal sealed class FrameSender(PipeConnection connection)
{
    // A batch is flushed early at this size, so that the other end can start reading.
    private const int MaxBatchBytes = 16 * 1024;

    private readonly PipeWriter _pipe = connection.Output;
    private readonly ReaderScheduler _reader = connection.OtherEnd;
    private readonly int _maxBodyBytes = connection.MaxFrameBytes - FrameHead.Bytes;
    private readonly FrameBuffer _frame = new(connection.Output);
    private readonly Lock _lock = new();
    // Senders that wait for space, first come, first served. Without this queue, the thread that runs first would send again
    // and again while others wait for seconds.
    private readonly Queue<TaskCompletionSource> _waiting = [];
    private bool _senderIsWoken;
    private TaskCompletionSource? _paused;
    private bool _completed;
    private bool _hasUnflushed;
    private int _batchingThread;

    /// <summary>The total bytes of all bodies that were sent.</summary>
    public long BodyBytes { get; private set; }

    /// <summary>Completes when the pipe holds fewer bytes than its threshold.</summary>
    public Task Writable => Volatile.Read(ref _paused)?.Task ?? Task.CompletedTask;

    /// <summary>Sends a frame. Completes synchronously unless the pipe is over its threshold.</summary>
    /// <exception cref="FrameTooLongException">The frame is over the limit. No byte of the frame was sent.</exception>
    /// <exception cref="IOException">The other end is closed.</exception>
    public ValueTask SendAsync<TBody>(FrameKind kind, ulong callId, TBody body, CancellationToken cancellation)
        where TBody : IFrameBody => SendAsync(kind, callId, body, isWoken: false, cancellation);

    /// <summary>
    /// Delays flushing of the frames that this thread sends until <see cref="EndBatch"/>, so that several frames are sent by
    /// one flush.
    /// </summary>
    public void BeginBatch() => Volatile.Write(ref _batchingThread, Environment.CurrentManagedThreadId);

    /// <summary>Flushes the frames that were delayed since <see cref="BeginBatch"/>.</summary>
    public void EndBatch()
    {
        Volatile.Write(ref _batchingThread, 0);
        ReaderScheduler.Resumption resumption = default;
        lock (_lock)
        {
            if (_hasUnflushed && _paused is null && !_completed)
            {
                resumption = Flush();
            }
        }

        resumption.Run();
    }

    /// <summary>Closes this direction. Frames that were already sent still arrive.</summary>
    public void Complete(Exception? error = null)
    {
        lock (_lock)
        {
            if (!_completed)
            {
                _completed = true;
                _pipe.Complete(error);
            }

            // Wake waiting senders too: the other end may never read again.
            _paused?.TrySetResult();
            _paused = null;
            WakeNextSender();
        }
    }

    private ValueTask SendAsync<TBody>(FrameKind kind, ulong callId, TBody body, bool isWoken, CancellationToken cancellation)
        where TBody : IFrameBody
    {
        using ByteBuffer? encoded = body.MaxBytes > _maxBodyBytes ? EncodeToBuffer(body) : null;
        TaskCompletionSource? waiter = null;
        ReaderScheduler.Resumption resumption = default;
        lock (_lock)
        {
            if (isWoken)
            {
                _senderIsWoken = false;
            }
            else if (_paused is not null || _senderIsWoken || _waiting.Count > 0)
            {
                waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Enqueue(waiter);
            }

            try
            {
                if (waiter is null)
                {
                    ThrowIfCompleted();
                    Write(kind, callId, body, encoded);
                    if (_batchingThread == Environment.CurrentManagedThreadId && _pipe.UnflushedBytes < MaxBatchBytes)
                    {
                        _hasUnflushed = true;
                    }
                    else
                    {
                        resumption = Flush();
                        ThrowIfCompleted();
                    }
                }
            }
            finally
            {
                WakeNextSender();
            }
        }

        if (waiter is not null)
        {
            return SendWhenWokenAsync(waiter, kind, callId, body, cancellation);
        }

        resumption.Run();
        return ValueTask.CompletedTask;
    }

    private async ValueTask SendWhenWokenAsync<TBody>(
        TaskCompletionSource waiter, FrameKind kind, ulong callId, TBody body, CancellationToken cancellation)
        where TBody : IFrameBody
    {
        try
        {
            await waiter.Task.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            if (!waiter.TrySetCanceled(CancellationToken.None))
            {
                // The cancelled sender had already been woken: wake the next one instead.
                lock (_lock)
                {
                    _senderIsWoken = false;
                    WakeNextSender();
                }
            }

            throw;
        }

        await SendAsync(kind, callId, body, isWoken: true, cancellation);
    }

    // Wakes the next waiting sender. The calling method holds the lock.
    private void WakeNextSender()
    {
        // After completion, wake all waiting senders so that each of them fails.
        while ((_completed || (_paused is null && !_senderIsWoken)) && _waiting.TryDequeue(out TaskCompletionSource? next))
        {
            _senderIsWoken = next.TrySetResult();
        }
    }

    private void Write<TBody>(FrameKind kind, ulong callId, TBody body, ByteBuffer? encoded)
        where TBody : IFrameBody
    {
        try
        {
            _frame.Begin();
            if (encoded is not null)
            {
                _frame.Write(encoded.Written.Span);
            }
            else
            {
                var writer = new MessagePackWriter(_frame);
                body.Write(ref writer);
                writer.Flush();
            }

            BodyBytes += _frame.End(kind, callId);
        }
        catch (Exception e)
        {
            // Part of the frame may already be in the pipe and cannot be removed, so later frames would be unreadable.
            _completed = true;
            _pipe.Complete(e);
            throw;
        }
    }

    private ByteBuffer EncodeToBuffer<TBody>(TBody body)
        where TBody : IFrameBody
    {
        ByteBuffer encoded = ByteBuffer.Rent();
        var writer = new MessagePackWriter(encoded);
        body.Write(ref writer);
        writer.Flush();
        int bodyBytes = encoded.Written.Length;
        if (bodyBytes <= _maxBodyBytes)
        {
            return encoded;
        }

        encoded.Dispose();
        throw new FrameTooLongException(bodyBytes, _maxBodyBytes);
    }

    private ReaderScheduler.Resumption Flush()
    {
        _hasUnflushed = false;
        _reader.BeginFlush();
        ValueTask<FlushResult> flush;
        try
        {
            flush = _pipe.FlushAsync(CancellationToken.None);
        }
        catch (Exception)
        {
            // The other end's reader failed, so it reads no more.
            flush = new(new FlushResult(isCanceled: false, isCompleted: true));
        }

        ReaderScheduler.Resumption resumption = _reader.EndFlush();
        if (!flush.IsCompletedSuccessfully)
        {
            _paused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _ = ResumeAsync(flush, _paused);
        }
        else if (flush.Result.IsCompleted)
        {
            // The other end reads no more, so the frame is lost.
            _completed = true;
        }

        return resumption;
    }

    private async Task ResumeAsync(ValueTask<FlushResult> flush, TaskCompletionSource paused)
    {
        bool ended;
        try
        {
            ended = (await flush).IsCompleted;
        }
        catch (Exception)
        {
            // The other end's reader failed, as in Flush.
            ended = true;
        }

        lock (_lock)
        {
            _completed |= ended;
            _paused = null;
            WakeNextSender();
        }

        paused.TrySetResult();
    }

    private void ThrowIfCompleted()
    {
        if (_completed)
        {
            throw new IOException("The other end of the pipe is gone.");
        }
    }

    /// <summary>
    /// A buffer over the pipe's own memory for one frame, head and body. <see cref="PipeWriter.Advance"/> takes a lock, so a
    /// small frame advances only once.
    /// </summary>
    private sealed class FrameBuffer(PipeWriter pipe) : IBufferWriter<byte>
    {
        // The size of the first memory block, in bytes. A larger frame continues in further blocks.
        private const int FirstBytes = 512;

        private Memory<byte> _head;
        private Memory<byte> _memory;
        private int _written;
        private int _advanced;

        public void Begin()
        {
            _head = _memory = pipe.GetMemory(FirstBytes);
            _written = FrameHead.Bytes;
            _advanced = 0;
        }

        /// <summary>Writes the head, advances the pipe past the frame and returns the length of the body, in bytes.</summary>
        public int End(FrameKind kind, ulong callId)
        {
            int bodyBytes = _advanced + _written - FrameHead.Bytes;
            // The head's memory stays valid until the next flush.
            new FrameHead(bodyBytes, kind, callId).Write(_head.Span);
            pipe.Advance(_written);
            _head = _memory = default;
            return bodyBytes;
        }

        public void Advance(int count)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_memory.Length - _written), nameof(count));
            _written += count;
        }

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            if (_memory.Length - _written < Math.Max(sizeHint, 1))
            {
                pipe.Advance(_written);
                _advanced += _written;
                _written = 0;
                _memory = pipe.GetMemory(sizeHint);
            }

            return _memory[_written..];
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
