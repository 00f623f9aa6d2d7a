using System.Buffers;
using System.IO.Pipelines;
using BytePipe = System.IO.Pipelines.Pipe;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>
/// The body of one request or response: a writer, and methods to read. Later requests reuse its pipe. When its own request
/// is over a body throws, so that late users do not reach another request's bytes.
/// </summary>
/// <remarks>One read and one write at a time, as in any pipe.</remarks>
internal class InlineBody(BytePipe pipe) : PipeWriter
{
    // All bodies share this exception: only its message matters.
    private static readonly ObjectDisposedException s_released = new(
        objectName: null, "The request is over: its body cannot be used any more.");

    // Null until the body ends early or is released. Then reads throw this error.
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

    /// <summary>Reads the available bytes, or waits for some; 0 at the end.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellation) =>
        CanRead() ? WaitAndReadAsync(into, cancellation) : new ValueTask<int>(0);

    /// <summary>As <see cref="ReadAsync"/>, but blocks this thread.</summary>
    public int Read(Span<byte> into) => CanRead() ? Take(Blocking.Wait(pipe.Reader.ReadAsync()), into) : 0;

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
        // A pipe writes even with a canceled token.
        cancellationToken.ThrowIfCancellationRequested();
        await StartAsync();
        return await Writer.WriteAsync(source, cancellationToken);
    }

    /// <summary>Writes without waiting for the reader, who may need the thread that a synchronous writer would block.</summary>
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

    /// <summary>Ends the body early: unread bytes are dropped, and waiting reads and writes wake up. The first call counts.</summary>
    /// <param name="readError">What reads throw from now on.</param>
    /// <param name="writeError">What writes throw from now on; null discards what is written.</param>
    public void End(Exception readError, Exception? writeError)
    {
        if (Interlocked.CompareExchange(ref _end, readError, null) is null)
        {
            // On other threads: the application may continue there, while this thread holds locks or has more to end.
            ThreadPool.UnsafeQueueUserWorkItem(static reader => reader.CancelPendingRead(), pipe.Reader, preferLocal: false);
            // Completing the reader is enough. Completing the writer, too, would reuse memory that the application may be writing to.
            ThreadPool.UnsafeQueueUserWorkItem(
                static end => end.Reader.Complete(end.WriteError), (pipe.Reader, WriteError: writeError), preferLocal: false);
        }
    }

    /// <summary>Frees the pipe for another request. Returns false if the body ended early: its users may not know yet.</summary>
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

    /// <summary>Runs before each write and flush.</summary>
    protected virtual Task StartAsync() => Task.CompletedTask;

    /// <summary>Returns false at the end of the body.</summary>
    private bool CanRead() => _end is { } error ? throw error
        : IsBeingRead ? throw new InvalidOperationException("The body is being read already: one read at a time.")
        : !IsAtEnd;

    private async ValueTask<int> WaitAndReadAsync(Memory<byte> into, CancellationToken cancellation)
    {
        IsBeingRead = true;
        try
        {
            return Take(await pipe.Reader.ReadAsync(cancellation), into.Span);
        }
        catch (InvalidOperationException) when (_end is not null)
        {
            // The body ended in the middle of the read.
            throw _end;
        }
        finally
        {
            IsBeingRead = false;
        }
    }

    private int Take(ReadResult result, Span<byte> into)
    {
        ReadOnlySequence<byte> bytes = result.Buffer;
        bool isRest = bytes.Length <= into.Length;
        if (!isRest)
        {
            bytes = bytes.Slice(0, into.Length);
        }

        bytes.CopyTo(into);
        int read = (int)bytes.Length;
        // The pipe may have reused the memory meanwhile. Then these were not the body's bytes.
        if (_end is { } error)
        {
            throw error;
        }

        pipe.Reader.AdvanceTo(bytes.End);
        IsAtEnd = isRest && result.IsCompleted;
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
