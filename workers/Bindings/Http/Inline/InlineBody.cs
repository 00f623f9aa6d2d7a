using System.Buffers;
using System.IO.Pipelines;
using BytePipe = System.IO.Pipelines.Pipe;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>
/// The body of one request or response, with a writer and read methods. Its pipe is reused by later requests. After the
/// request the body throws on every use, so that a late user cannot reach another request's bytes.
/// </summary>
/// <remarks>Allows one read and one write at a time.</remarks>
internal class InlineBody(BytePipe pipe) : PipeWriter
{
    // One shared exception instance for all bodies: its stack trace does not matter.
    private static readonly ObjectDisposedException s_released = new(
        objectName: null, "The request is over: its body cannot be used any more.");

    // The error that reads throw. Null until the body ends early or is released.
    private volatile Exception? _end;
    private bool _isComplete;

    /// <summary>Whether a read is waiting for bytes.</summary>
    public bool IsBeingRead { get; private set; }

    /// <summary>Whether the whole body was read.</summary>
    public bool IsAtEnd { get; private set; }

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => pipe.Writer.UnflushedBytes;

    private PipeWriter Writer =>
        _end == s_released ? throw s_released
        : _isComplete ? throw new IOException("The body is complete: nothing can be written to it any more.")
        : pipe.Writer;

    /// <summary>Reads the available bytes, or waits for some. Returns 0 at the end.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellation) =>
        CanRead() ? WaitAndReadAsync(destination, cancellation) : new ValueTask<int>(0);

    /// <summary>Like <see cref="ReadAsync"/>, but blocks this thread.</summary>
    public int Read(Span<byte> destination) => CanRead() ? CopyOut(Blocking.Wait(pipe.Reader.ReadAsync()), destination) : 0;

    public override Memory<byte> GetMemory(int sizeHint = 0) => Writer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => Writer.GetSpan(sizeHint);

    public override void Advance(int bytes) => Writer.Advance(bytes);

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        await StartAsync();
        return await Writer.FlushAsync(cancellationToken);
    }

    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        // Checked here, because a pipe writes even with a canceled token.
        cancellationToken.ThrowIfCancellationRequested();
        await StartAsync();
        return await Writer.WriteAsync(source, cancellationToken);
    }

    /// <summary>Writes without waiting for free space: the reader may need the thread that a synchronous writer would block.</summary>
    public void WriteUnbounded(ReadOnlySpan<byte> bytes)
    {
        Blocking.Wait(StartAsync());
        Writer.Write(bytes);
        Ignore(Writer.FlushAsync());

        static void Ignore(ValueTask<FlushResult> flush)
        {
        }
    }

    public override void CancelPendingFlush()
    {
        if (_end != s_released)
        {
            pipe.Writer.CancelPendingFlush();
        }
    }

    public override void Complete(Exception? exception = null)
    {
        if (!_isComplete)
        {
            _isComplete = true;
            pipe.Writer.Complete(exception);
        }
    }

    /// <summary>Ends the body early: drops unread bytes and wakes waiting reads and writes. Only the first call has an effect.</summary>
    /// <param name="readError">The error that later reads throw.</param>
    /// <param name="writeError">The error that later writes throw; null discards the written bytes.</param>
    public void End(Exception readError, Exception? writeError)
    {
        if (Interlocked.CompareExchange(ref _end, readError, null) is null)
        {
            // On the thread pool, because the application may continue inline while this thread holds locks.
            ThreadPool.UnsafeQueueUserWorkItem(static reader => reader.CancelPendingRead(), pipe.Reader, preferLocal: false);
            // Only the reader is completed. Completing the writer as well would recycle memory that the application may still write to.
            ThreadPool.UnsafeQueueUserWorkItem(
                static end => end.Reader.Complete(end.WriteError), (pipe.Reader, WriteError: writeError), preferLocal: false);
        }
    }

    /// <summary>Frees the pipe for another request. Returns false if the body ended early, because its users may still be active.</summary>
    public bool TryReleasePipe()
    {
        if (Interlocked.CompareExchange(ref _end, s_released, null) is not null)
        {
            return false;
        }

        Complete();
        pipe.Reader.Complete();
        pipe.Reset();
        return true;
    }

    /// <summary>Runs before each write and flush: the response overrides it to send its headers.</summary>
    protected virtual Task StartAsync() => Task.CompletedTask;

    /// <summary>Whether there is more to read; throws if the body has ended early or is being read.</summary>
    private bool CanRead() => _end is { } error ? throw error
        : IsBeingRead ? throw new InvalidOperationException("The body is being read already: one read at a time.")
        : !IsAtEnd;

    private async ValueTask<int> WaitAndReadAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        IsBeingRead = true;
        try
        {
            return CopyOut(await pipe.Reader.ReadAsync(cancellation), destination.Span);
        }
        catch (InvalidOperationException) when (_end is not null)
        {
            // The body was ended while this read waited.
            throw _end;
        }
        finally
        {
            IsBeingRead = false;
        }
    }

    private int CopyOut(ReadResult result, Span<byte> destination)
    {
        ReadOnlySequence<byte> bytes = result.Buffer;
        bool isLast = bytes.Length <= destination.Length;
        if (!isLast)
        {
            bytes = bytes.Slice(0, destination.Length);
        }

        bytes.CopyTo(destination);
        int read = (int)bytes.Length;
        // If the body has ended, its memory may hold another request's bytes by now.
        if (_end is { } error)
        {
            throw error;
        }

        pipe.Reader.AdvanceTo(bytes.End);
        IsAtEnd = isLast && result.IsCompleted;
        return read;
    }
}

/// <summary>The body of a response, as the application's writer. The first write or flush starts the response.</summary>
internal sealed class ResponseBody(BytePipe pipe, InlineExchange exchange) : InlineBody(pipe)
{
    public override void Complete(Exception? exception = null)
    {
        if (exception is null)
        {
            base.Complete();
        }
        else
        {
            exchange.Fail(exception);
        }
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        await (exception is null ? StartAsync() : Task.CompletedTask);
        Complete(exception);
    }

    protected override Task StartAsync() => exchange.Response.StartAsync(CancellationToken.None);
}
