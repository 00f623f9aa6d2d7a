using System.Net;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>The response's body as the caller's content: read once, as it is written.</summary>
internal sealed class AnswerContent(InlineExchange exchange) : HttpContent
{
    private bool _consumed;

    /// <summary>The stream behind it.</summary>
    public AnswerStream Answer { get; } = new(exchange);

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(Consume());

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => Consume();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Consume().CopyToAsync(stream);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        Consume().CopyToAsync(stream, cancellationToken);

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        Consume().CopyTo(stream);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Answer.Dispose();
        }

        base.Dispose(disposing);
    }

    private AnswerStream Consume()
    {
        if (_consumed)
        {
            throw new InvalidOperationException("The response's body was read already. It can be read once.");
        }

        _consumed = true;
        return Answer;
    }
}

/// <summary>Where the caller reads the response's body. To leave it early is to abort the request.</summary>
internal sealed class AnswerStream(InlineExchange exchange) : BodyStream
{
    private readonly BodyChannel _channel = exchange.Response.Channel;
    private readonly int _turn = exchange.Response.Channel.Turn;
    private State _state;

    private enum State
    {
        Reading,
        AtEnd,
        Left,
        Disposed,
    }

    /// <summary>The response whose body this is.</summary>
    public HttpResponseMessage? Message { get; set; }

    public override bool CanRead => true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsAtEnd())
        {
            return new ValueTask<int>(0);
        }

        ValueTask<int> reading = _channel.ReadAsync(_turn, buffer, cancellationToken);
        return reading.IsCompletedSuccessfully ? new ValueTask<int>(Note(reading.Result, buffer.Length)) : AwaitAsync(reading, buffer.Length);
    }

    public override int Read(Span<byte> buffer) => IsAtEnd() ? 0 : Note(_channel.Read(_turn, buffer), buffer.Length);

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _state, State.Disposed) == State.Reading)
        {
            exchange.EndReading(atEnd: _channel.IsAtEnd(_turn));
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> AwaitAsync(ValueTask<int> reading, int wanted)
    {
        try
        {
            return Note(await reading, wanted);
        }
        catch (OperationCanceledException)
        {
            // What would be read next is not known any more, as on a connection.
            if (Interlocked.CompareExchange(ref _state, State.Left, State.Reading) == State.Reading)
            {
                exchange.EndReading(atEnd: false);
            }

            throw;
        }
    }

    private bool IsAtEnd()
    {
        ObjectDisposedException.ThrowIf(_state == State.Disposed, this);
        return _state == State.AtEnd;
    }

    private int Note(int read, int wanted)
    {
        if (read == 0 && wanted > 0 && _state == State.Reading)
        {
            exchange.Response.CopyTrailersTo(Message!);
            if (Interlocked.CompareExchange(ref _state, State.AtEnd, State.Reading) == State.Reading)
            {
                exchange.EndReading(atEnd: true);
            }
        }

        return read;
    }
}
