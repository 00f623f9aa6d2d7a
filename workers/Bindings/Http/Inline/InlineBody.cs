using System.Buffers;
using System.IO.Pipelines;
using BytePipe = System.IO.Pipelines.Pipe;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>
/// The body of one request or response, with a writer and with read methods. Later requests reuse its pipe. After the request,
/// every use of the body throws, so that late code cannot read or write the bytes of another request.
/// </summary>
/// <remarks>The body allows only one read and one write at a time.</remarks>
internal class InlineBody(BytePipe pipe) : PipeWriter
{
    // All bodies share one exception instance, because its stack trace does not matter.
    private static readonly ObjectDisposedException s_released = new(
        objectName: null, "The request is over: its body cannot be used any more.");

    // The error that reads throw. It is null until the body is aborted or its pipe is released.
    private volatile Exception? _end;
    private bool _isComplete;

    /// <summary>Whether a read is waiting for bytes.</summary>
    public bool IsBeingRead { get; private set; }

    /// <summary>Whether the reader has read the whole body.</summary>
    public bool IsAtEnd { get; private set; }

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => pipe.Writer.UnflushedBytes;

    private PipeWriter Writer =>
        _end == s_released ? throw s_released
        : _isComplete ? throw new IOException("The body is complete: nothing can be written to it any more.")
        : pipe.Writer;

    /// <summary>Reads the available bytes, or waits until bytes arrive. Returns 0 at the end of the body.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellation) =>
        CanRead() ? WaitAndReadAsync(destination, cancellation) : new ValueTask<int>(0);

    /// <summary>Reads like <see cref="ReadAsync"/>, but blocks the thread while it waits.</summary>
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
        // A pipe writes even if its token is canceled, so the token is checked before the write.
        cancellationToken.ThrowIfCancellationRequested();
        await StartAsync();
        return await Writer.WriteAsync(source, cancellationToken);
    }

    /// <summary>
    /// Writes without waiting for free space in the pipe, because the reader may need the thread that a waiting writer would
    /// block.
    /// </summary>
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

    /// <summary>Aborts the body: drops unread bytes and wakes waiting reads and writes. Only the first call has an effect.</summary>
    /// <param name="readError">The error that later reads throw.</param>
    /// <param name="writeError">
    /// The error that later writes throw. If it is null, later writes succeed and their bytes are discarded.
    /// </param>
    public void End(Exception readError, Exception? writeError)
    {
        if (Interlocked.CompareExchange(ref _end, readError, null) is null)
        {
            // The pipe is cancelled on the thread pool. Otherwise the application could continue on this thread, which may hold locks.
            ThreadPool.UnsafeQueueUserWorkItem(static reader => reader.CancelPendingRead(), pipe.Reader, preferLocal: false);
            // Only the pipe's reader is completed. If the writer were completed too, the pipe would reuse memory to which the application
            // may still be writing.
            ThreadPool.UnsafeQueueUserWorkItem(
                static end => end.Reader.Complete(end.WriteError), (pipe.Reader, WriteError: writeError), preferLocal: false);
        }
    }

    /// <summary>
    /// Releases the pipe for another request. Returns false if the body was aborted, because code may still be using the pipe.
    /// </summary>
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

    /// <summary>Runs before each write and flush. The response's body overrides it to send the headers.</summary>
    protected virtual Task StartAsync() => Task.CompletedTask;

    /// <summary>Returns whether the body has more bytes to read. Throws if the body was aborted, or if another read is running.</summary>
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
            // The body was aborted while this read waited, so the read throws the error of the abort.
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
        // If the body was aborted during the copy, the copied bytes may belong to another request, so the read throws.
        if (_end is { } error)
        {
            throw error;
        }

        pipe.Reader.AdvanceTo(bytes.End);
        IsAtEnd = isLast && result.IsCompleted;
        return read;
    }
}

/// <summary>The body of a response, to which the application writes. The first write or flush sends the response's headers.</summary>
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
