namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>Where the caller's content writes the request's body.</summary>
internal sealed class RequestContentStream(InlineExchange exchange) : BodyStream
{
    // Up to here a copy costs less than to start the application in the middle of the content.
    private const int MaxCopiedBytes = 16 * 1024;

    private readonly BodyChannel _channel = exchange.Request.Channel;
    private readonly int _turn = exchange.Request.Channel.Turn;

    public override bool CanWrite => true;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length <= MaxCopiedBytes || exchange.IsRunning || cancellationToken.IsCancellationRequested)
        {
            return _channel.WriteAsync(_turn, buffer, cancellationToken);
        }

        // The application runs while this write is under way, and copies from the content's own memory.
        _channel.Lend(_turn, buffer);
        exchange.EnsureRunning();
        return _channel.SettleAsync(_turn, cancellationToken);
    }

    // Kept whole, for there may be nobody yet who reads: a content that blocks here would never be followed by the application.
    public override void Write(ReadOnlySpan<byte> buffer) => _channel.Write(_turn, buffer);
}

/// <summary>Where the application reads the request's body.</summary>
internal sealed class RequestBodyStream(InlineExchange exchange) : BodyStream
{
    private readonly BodyChannel _channel = exchange.Request.Channel;
    private readonly int _turn = exchange.Request.Channel.Turn;

    public override bool CanRead => true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _channel.ReadAsync(_turn, buffer, cancellationToken);

    public override int Read(Span<byte> buffer)
    {
        exchange.ThrowUnlessSynchronousAllowed();
        return _channel.Read(_turn, buffer);
    }
}
