using System.Buffers;
using System.IO.Pipelines;
using MessagePack;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Pipe;

/// <summary>A frame's body that is about to be written.</summary>
internal interface IFrameBody
{
    /// <summary>No fewer bytes than <see cref="Write"/> writes: what is known before it is written.</summary>
    long MaxBytes { get; }

    void Write(ref MessagePackWriter writer);
}

/// <summary>
/// One direction of a connection: frames are encoded straight into the pipe, one after another from whatever thread, and
/// wait while the pipe is over its threshold.
/// </summary>
internal sealed class FrameSender(PipeConnection connection)
{
    // What is held back is handed over at this size, so that the other end starts on it.
    private const int MaxHeldBytes = 16 * 1024;

    private readonly PipeWriter _pipe = connection.Output;
    private readonly ReaderScheduler _reader = connection.OtherEnd;
    private readonly int _maxBodyBytes = connection.MaxFrameBytes - FrameHead.Bytes;
    private readonly FrameBuffer _frame = new(connection.Output);
    private readonly Lock _lock = new();
    // Senders that wait for room, in the order in which they came: without turns, who is first on the processor would
    // send again and again while others wait for seconds.
    private readonly Queue<TaskCompletionSource> _waiting = [];
    private bool _turnIsTaken;
    private TaskCompletionSource? _paused;
    private bool _completed;
    private bool _holds;
    private int _holdingThread;

    /// <summary>The bytes of all bodies so far.</summary>
    public long BodyBytes { get; private set; }

    /// <summary>Completed while the pipe is not over its threshold, or once it is not.</summary>
    public Task Room => Volatile.Read(ref _paused)?.Task ?? Task.CompletedTask;

    /// <summary>Sends a frame. Completed at once unless the pipe is over its threshold.</summary>
    /// <exception cref="FrameTooLongException">The frame is over the limit; nothing of it was sent.</exception>
    /// <exception cref="IOException">The other end is gone.</exception>
    public ValueTask SendAsync<TBody>(FrameKind kind, ulong callId, TBody body, CancellationToken cancellation)
        where TBody : IFrameBody => SendAsync(kind, callId, body, hasTurn: false, cancellation);

    /// <summary>
    /// Holds back what this thread sends until <see cref="Release"/>: what goes out for a batch of frames that came together
    /// goes out together, by one flush.
    /// </summary>
    public void Hold() => Volatile.Write(ref _holdingThread, Environment.CurrentManagedThreadId);

    /// <summary>Hands over what was held back.</summary>
    public void Release()
    {
        Volatile.Write(ref _holdingThread, 0);
        ReaderScheduler.Resumption resumption = default;
        lock (_lock)
        {
            if (_holds && _paused is null && !_completed)
            {
                resumption = Flush();
            }
        }

        resumption.Run();
    }

    /// <summary>Ends the direction; what was sent before still arrives.</summary>
    public void Complete(Exception? error = null)
    {
        lock (_lock)
        {
            if (!_completed)
            {
                _completed = true;
                _pipe.Complete(error);
            }

            // Who waits for room hears of it as well: the other end may never make any.
            _paused?.TrySetResult();
            _paused = null;
            GiveTurn();
        }
    }

    private ValueTask SendAsync<TBody>(FrameKind kind, ulong callId, TBody body, bool hasTurn, CancellationToken cancellation)
        where TBody : IFrameBody
    {
        using ByteBuffer? encoded = body.MaxBytes > _maxBodyBytes ? EncodeAside(body) : null;
        TaskCompletionSource? turn = null;
        ReaderScheduler.Resumption resumption = default;
        lock (_lock)
        {
            if (hasTurn)
            {
                _turnIsTaken = false;
            }
            else if (_paused is not null || _turnIsTaken || _waiting.Count > 0)
            {
                turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Enqueue(turn);
            }

            try
            {
                if (turn is null)
                {
                    ThrowIfCompleted();
                    Write(kind, callId, body, encoded);
                    if (_holdingThread == Environment.CurrentManagedThreadId && _pipe.UnflushedBytes < MaxHeldBytes)
                    {
                        _holds = true;
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
                GiveTurn();
            }
        }

        if (turn is not null)
        {
            return SendInTurnAsync(turn, kind, callId, body, cancellation);
        }

        resumption.Run();
        return ValueTask.CompletedTask;
    }

    private async ValueTask SendInTurnAsync<TBody>(TaskCompletionSource turn, FrameKind kind, ulong callId, TBody body, CancellationToken cancellation)
        where TBody : IFrameBody
    {
        try
        {
            await turn.Task.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            if (!turn.TrySetCanceled(CancellationToken.None))
            {
                // It had got its turn by then, and passes it on.
                lock (_lock)
                {
                    _turnIsTaken = false;
                    GiveTurn();
                }
            }

            throw;
        }

        await SendAsync(kind, callId, body, hasTurn: true, cancellation);
    }

    // The caller holds the lock.
    private void GiveTurn()
    {
        // Once the direction has ended, all of them hear of it.
        while ((_completed || (_paused is null && !_turnIsTaken)) && _waiting.TryDequeue(out TaskCompletionSource? next))
        {
            _turnIsTaken = next.TrySetResult();
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
            // Half a frame cannot be taken back: what follows it could not be read.
            _completed = true;
            _pipe.Complete(e);
            throw;
        }
    }

    private ByteBuffer EncodeAside<TBody>(TBody body)
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
        _holds = false;
        _reader.BeginFlush();
        ValueTask<FlushResult> flush;
        try
        {
            flush = _pipe.FlushAsync(CancellationToken.None);
        }
        catch (Exception)
        {
            // What the other end's reader failed of, whatever that is: it reads no more.
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
            // As above.
            ended = true;
        }

        lock (_lock)
        {
            _completed |= ended;
            _paused = null;
            GiveTurn();
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
    /// The memory of the frame that is being written, taken from the pipe at once with its head: a pipe takes a lock each time
    /// that it is told of bytes, and a small frame is told of once.
    /// </summary>
    private sealed class FrameBuffer(PipeWriter pipe) : IBufferWriter<byte>
    {
        // Room for a small frame; a larger one goes on in memory of its own.
        private const int FirstBytes = 512;

        private Memory<byte> _head;
        private Memory<byte> _memory;
        private int _written;
        private int _told;

        public void Begin()
        {
            _head = _memory = pipe.GetMemory(FirstBytes);
            _written = FrameHead.Bytes;
            _told = 0;
        }

        /// <summary>Completes the head, and tells the pipe of all that was written.</summary>
        /// <returns>The body's bytes.</returns>
        public int End(FrameKind kind, ulong callId)
        {
            int bodyBytes = _told + _written - FrameHead.Bytes;
            // Its memory stays where it is until the flush.
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
                _told += _written;
                _written = 0;
                _memory = pipe.GetMemory(sizeHint);
            }

            return _memory[_written..];
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
