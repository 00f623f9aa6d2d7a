using System.IO.Pipelines;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>Where the application writes the response's body. The first write or flush starts the response.</summary>
internal sealed class ResponseBodyStream(InlineExchange exchange) : BodyStream
{
    private readonly InlineResponse _response = exchange.Response;
    private readonly BodyChannel _channel = exchange.Response.Channel;
    private readonly int _turn = exchange.Response.Channel.Turn;

    public override bool CanWrite => true;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Task starting = _response.StartAsync(_turn);
        return starting.IsCompletedSuccessfully
            ? _channel.WriteAsync(_turn, buffer, cancellationToken)
            : StartAndWriteAsync(starting, buffer, cancellationToken);
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _response.StartAsync(_turn);
        await _channel.FlushAsync(_turn, cancellationToken);
    }

    // Kept whole, whatever the caller has read: one who waits for this thread to go on cannot read yet.
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        exchange.ThrowUnlessSynchronousAllowed();
        Blocking.Wait(_response.StartAsync(_turn));
        _channel.Write(_turn, buffer);
    }

    public override void Flush()
    {
        // Not refused where synchronous writes are: whatever is disposed flushes, also where nothing is left to be written.
        Blocking.Wait(_response.StartAsync(_turn));
        _channel.Write(_turn, []);
    }

    private async ValueTask StartAndWriteAsync(Task starting, ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
    {
        await starting;
        await _channel.WriteAsync(_turn, buffer, cancellation);
    }
}

/// <summary>The response's body as a pipe that the application writes.</summary>
internal sealed class ResponseBodyWriter(InlineExchange exchange) : PipeWriter
{
    private readonly InlineResponse _response = exchange.Response;
    private readonly BodyChannel _channel = exchange.Response.Channel;
    private readonly int _turn = exchange.Response.Channel.Turn;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _channel.UncommittedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0) => _channel.GetMemory(_turn, sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _channel.GetMemory(_turn, sizeHint).Span;

    public override void Advance(int bytes) => _channel.Advance(_turn, bytes);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Task starting = _response.StartAsync(_turn);
        if (!starting.IsCompletedSuccessfully)
        {
            return StartAndFlushAsync(starting, cancellationToken);
        }

        ValueTask flushing = _channel.FlushAsync(_turn, cancellationToken);
        if (!flushing.IsCompletedSuccessfully)
        {
            return AwaitAsync(flushing);
        }

        flushing.GetAwaiter().GetResult();
        return new ValueTask<FlushResult>(Result());
    }

    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        await _response.StartAsync(_turn);
        await _channel.WriteAsync(_turn, source, cancellationToken);
        return Result();
    }

    public override void CancelPendingFlush() => _channel.CancelFlush(_turn);

    public override void Complete(Exception? exception = null)
    {
        if (exception is not null)
        {
            exchange.Fail(exception);
        }
        else
        {
            _channel.Complete();
        }
    }

    public override ValueTask CompleteAsync(Exception? exception = null)
    {
        if (exception is null)
        {
            return new ValueTask(_response.CompleteAsync());
        }

        exchange.Fail(exception);
        return default;
    }

    private async ValueTask<FlushResult> StartAndFlushAsync(Task starting, CancellationToken cancellation)
    {
        await starting;
        await _channel.FlushAsync(_turn, cancellation);
        return Result();
    }

    private async ValueTask<FlushResult> AwaitAsync(ValueTask flushing)
    {
        await flushing;
        return Result();
    }

    private FlushResult Result() => new(isCanceled: _channel.TakeFlushCancelled(), isCompleted: _channel.IsAbandoned);
}
