namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>Where the application reads the request's body.</summary>
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

/// <summary>Where the caller's content writes the request's body, or the application writes the response's.</summary>
/// <param name="body">Gets the bytes.</param>
/// <param name="application">Decides whether synchronous writes are allowed; null allows them.</param>
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

    // Allowed where synchronous writes are not: writers flush when they are disposed, even with nothing left to write.
    public override void Flush() => body.WriteUnbounded([]);
}

/// <summary>Where the caller reads the response's body. Disposing it before the end aborts the request.</summary>
internal sealed class ResponseReadStream(InlineExchange exchange) : BodyStream
{
    private readonly InlineBody _body = exchange.ResponseBody;

    public override bool CanRead => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return _body.IsAtEnd ? 0 : NoteEnd(await _body.ReadAsync(buffer, cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // A socket's position is unknown after this. So a caller may not read on here either.
            exchange.Cancel(CancellationToken.None);
            throw;
        }
    }

    public override int Read(Span<byte> buffer) => _body.IsAtEnd ? 0 : NoteEnd(_body.Read(buffer));

    protected override void Dispose(bool disposing)
    {
        if (!_body.IsAtEnd)
        {
            exchange.Cancel(CancellationToken.None);
        }

        base.Dispose(disposing);
    }

    private int NoteEnd(int read)
    {
        if (_body.IsAtEnd)
        {
            exchange.Response.CopyTrailers();
            exchange.EndParty();
        }

        return read;
    }
}
