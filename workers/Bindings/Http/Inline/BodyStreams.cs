namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>The stream from which the application reads the request's body.</summary>
internal sealed class RequestReadStream(InlineExchange exchange) : BodyStream
{
    public override bool CanRead => true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        exchange.RequestBody.ReadAsync(buffer, cancellationToken);

    public override int Read(Span<byte> buffer)
    {
        exchange.ThrowUnlessSynchronousAllowed();
        return exchange.RequestBody.Read(buffer);
    }
}

/// <summary>The stream of a body's writer: the caller writes the request's body to it, the application the response's body.</summary>
/// <param name="body">The body that receives the bytes.</param>
/// <param name="application">The exchange that can forbid synchronous writes. If it is null, synchronous writes are allowed.</param>
internal sealed class BodyWriteStream(InlineBody body, InlineExchange? application) : BodyStream
{
    public override bool CanWrite => true;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await body.WriteAsync(buffer, cancellationToken);

    public override async Task FlushAsync(CancellationToken cancellationToken) => await body.FlushAsync(cancellationToken);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        application?.ThrowUnlessSynchronousAllowed();
        body.WriteUnbounded(buffer);
    }

    // A synchronous flush is always allowed, because a writer flushes when it is disposed, even if it has nothing left to write.
    public override void Flush() => body.WriteUnbounded([]);
}

/// <summary>
/// The stream from which the caller reads the response's body. If the stream is disposed before the end of the body, the
/// request is aborted.
/// </summary>
internal sealed class ResponseReadStream(InlineExchange exchange) : BodyStream
{
    private readonly InlineBody _body = exchange.ResponseBody;

    public override bool CanRead => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return _body.IsAtEnd ? 0 : FinishAtEnd(await _body.ReadAsync(buffer, cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // A canceled read aborts the exchange, because the position in the body is unknown afterwards. Sockets behave in the same way.
            exchange.Cancel(CancellationToken.None);
            throw;
        }
    }

    public override int Read(Span<byte> buffer) => _body.IsAtEnd ? 0 : FinishAtEnd(_body.Read(buffer));

    protected override void Dispose(bool disposing)
    {
        if (!_body.IsAtEnd)
        {
            exchange.Cancel(CancellationToken.None);
        }

        base.Dispose(disposing);
    }

    private int FinishAtEnd(int read)
    {
        if (_body.IsAtEnd)
        {
            exchange.Response.CopyTrailers();
            exchange.EndParty();
        }

        return read;
    }
}
