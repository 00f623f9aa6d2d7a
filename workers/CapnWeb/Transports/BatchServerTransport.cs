using WorkerRpc.CapnWeb.Messages;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>The server's end of one batch: delivers the lines of a request's body, and gathers the answers for its response.</summary>
internal sealed class BatchServerTransport : IRpcTransport, IDisposable
{
    private readonly Lock _lock = new();
    private readonly PooledBytes _answers = new();
    private IRpcReceiver? _receiver;
    private bool _isClosed;

    /// <summary>Why the session ended before its answers were taken; null where it did not, or in good order.</summary>
    public Exception? Reason { get; private set; }

    /// <summary>The number of the line that was delivered last, from 1.</summary>
    public int Line { get; private set; }

    public void Start(IRpcReceiver receiver) => _receiver = receiver;

    /// <summary>Delivers every line of a body, until the session has had enough.</summary>
    public void Deliver(ReadOnlyMemory<byte> body)
    {
        var lines = new BatchLines(body);
        while (!IsClosed() && lines.TryTake(out ReadOnlyMemory<byte> message))
        {
            Line++;
            _receiver!.Receive(message);
            if (BatchBody.AsksForAnswer(message.Span))
            {
                // Or an answer that is there would go with the session, where a later line breaks the protocol.
                Flush();
            }
        }

        Flush();
    }

    /// <summary>Takes the answers; what is sent later is dropped.</summary>
    public ReadOnlyMemory<byte> TakeAnswers()
    {
        Flush();
        lock (_lock)
        {
            _isClosed = true;
            return _answers.Written;
        }
    }

    public ValueTask SendAsync(RpcMessages messages, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_isClosed)
            {
                BatchBody.Add(_answers, messages, isClient: false);
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask CloseAsync(Exception? reason)
    {
        lock (_lock)
        {
            if (!_isClosed)
            {
                _isClosed = true;
                Reason = reason;
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => CloseAsync(null);

    /// <summary>Gives the answers' buffer back, when nobody reads it any more.</summary>
    public void Dispose() => _answers.Dispose();

    /// <summary>Has the session hand over what it has made.</summary>
    private void Flush()
    {
        if (!IsClosed())
        {
            _receiver!.ReceiveDone();
        }
    }

    private bool IsClosed()
    {
        lock (_lock)
        {
            return _isClosed;
        }
    }
}
