using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>
/// The server's end of one batch. It delivers the messages in the body of a request and collects the answers for the response.
/// </summary>
/// <param name="clock">The clock that decides when the delivery lets other work run.</param>
internal sealed class BatchServerTransport(TimeProvider clock) : IRpcTransport, ICollectingTransport, IDisposable
{
    // After this time, the delivery of a long body goes back to the end of the thread pool's queue.
    private static readonly TimeSpan s_turn = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly PooledBytes _answers = new();
    private IRpcReceiver? _receiver;
    private bool _isClosed;

    /// <summary>The error that ended the session before <see cref="TakeAnswers"/>. It is null if there was no error.</summary>
    public Exception? Reason { get; private set; }

    /// <summary>The number of the line that was delivered most recently. The first line is 1.</summary>
    public int Line { get; private set; }

    public long CollectedBytes => _answers.Position;

    public void Start(IRpcReceiver receiver) => _receiver = receiver;

    /// <summary>Delivers the lines of a body as messages, until the body ends or the session closes this transport.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled, so that the rest of the body was not delivered.</exception>
    public async ValueTask DeliverAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var lines = new BatchLines(body);
        long started = clock.GetTimestamp();
        while (!IsClosed() && lines.TryTake(out ReadOnlyMemory<byte> message))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (clock.GetElapsedTime(started) >= s_turn)
            {
                await Task.Yield();
                started = clock.GetTimestamp();
            }

            Line++;
            if (BatchBody.Fault(message.Span) is { } fault)
            {
                _receiver!.Closed(fault);
                return;
            }

            _receiver!.Receive(message);
            if (BatchBody.AsksForAnswer(message.Span))
            {
                // Sends the answer now: a later line may break the protocol, which ends the session and would drop the answer.
                Flush();
            }
        }

        Flush();
    }

    /// <summary>Returns the collected answers. Messages that are sent later are dropped.</summary>
    public ReadOnlyMemory<byte> TakeAnswers()
    {
        Flush();
        lock (_lock)
        {
            _isClosed = true;
            return _answers.WrittenMemory;
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

    /// <summary>Returns the buffer of the answers to the pool. Call it after the response is written.</summary>
    public void Dispose() => _answers.Dispose();

    /// <summary>Makes the session send its answers to this transport.</summary>
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
