using System.Buffers;
using System.IO.Pipelines;
using MessagePack;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Pipe;

/// <summary>The body of a frame that will be sent.</summary>
internal interface IFrameBody
{
    /// <summary>An upper bound for the number of bytes that <see cref="Write"/> writes. It is known before encoding.</summary>
    long MaxBytes { get; }

    void Write(ref MessagePackWriter writer);
}

/// <summary>
/// Sends the frames of one end of a connection to the other end. Any thread can send. Frames are encoded directly into the
/// pipe, one frame at a time. Senders wait while the pipe contains more unread bytes than its threshold.
/// </summary>
internal sealed class FrameSender(PipeConnection connection)
{
    // A batch of frames is flushed when it reaches this size, so that the other end can start to read before the batch is complete.
    private const int MaxBatchBytes = 16 * 1024;

    private readonly PipeWriter _pipe = connection.Output;
    private readonly ReaderScheduler _reader = connection.OtherEnd;
    private readonly int _maxBodyBytes = connection.MaxFrameBytes - FrameHead.Bytes;
    private readonly FrameBuffer _frame = new(connection.Output);
    private readonly Lock _lock = new();
    // The senders that wait for space in the pipe, in the order of their arrival. Without this queue, the thread that gets the
    // lock first would send again and again while other senders wait for seconds.
    private readonly Queue<TaskCompletionSource> _waiting = [];
    private bool _senderIsWoken;
    private TaskCompletionSource? _paused;
    private bool _completed;
    private bool _hasUnflushed;
    private int _batchingThread;

    /// <summary>The total number of bytes of all frame bodies that were sent.</summary>
    public long BodyBytes { get; private set; }

    /// <summary>A task that completes when the pipe contains fewer unread bytes than its threshold.</summary>
    public Task Writable => Volatile.Read(ref _paused)?.Task ?? Task.CompletedTask;

    /// <summary>Sends a frame. The task completes synchronously unless the pipe contains more unread bytes than its threshold.</summary>
    /// <exception cref="FrameTooLongException">The frame is longer than the limit. No byte of the frame was sent.</exception>
    /// <exception cref="IOException">The other end is closed.</exception>
    public ValueTask SendAsync<TBody>(FrameKind kind, ulong callId, TBody body, CancellationToken cancellation)
        where TBody : IFrameBody => SendAsync(kind, callId, body, isWoken: false, cancellation);

    /// <summary>
    /// Starts a batch: the frames that this thread sends are not flushed until <see cref="EndBatch"/>, so that one flush sends
    /// several frames.
    /// </summary>
    public void BeginBatch() => Volatile.Write(ref _batchingThread, Environment.CurrentManagedThreadId);

    /// <summary>Ends a batch and flushes the frames that this thread has sent since <see cref="BeginBatch"/>.</summary>
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

    /// <summary>Closes this direction of the connection. Frames that were sent before still arrive.</summary>
    public void Complete(Exception? error = null)
    {
        lock (_lock)
        {
            if (!_completed)
            {
                _completed = true;
                _pipe.Complete(error);
            }

            // Waiting senders are woken too, because the other end might never read again.
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
                // The cancelled sender had already been woken and will not send. So the next waiting sender is woken instead.
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

    // Wakes the next waiting sender. The caller of this method holds the lock.
    private void WakeNextSender()
    {
        // If the sender is completed, the loop wakes all waiting senders, so that each of them fails. Otherwise it wakes one sender.
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
            // Part of the frame may already be in the pipe and cannot be removed. Later frames would be unreadable, so no more are sent.
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
            // FlushAsync throws if the other end's reader has failed. Then the other end reads no more, so the flush counts as completed.
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
            // The other end has stopped reading, so the frame is lost and this direction is completed.
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
            // The other end's reader has failed, so it reads no more. Flush handles the same error.
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
    /// A buffer for one frame, head and body, in the pipe's own memory. <see cref="PipeWriter.Advance"/> acquires a lock, so it is
    /// called only once for a small frame.
    /// </summary>
    private sealed class FrameBuffer(PipeWriter pipe) : IBufferWriter<byte>
    {
        // The size of the first memory block, in bytes. A larger frame continues in more blocks.
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
            // The head is written last, when the body's length is known. Its memory in the pipe stays valid until the next flush.
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
