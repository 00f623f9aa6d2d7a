using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>
/// One end of a connection in memory. The bytes of every message are copied. If the receiver is idle, it handles a message on the sender's
/// thread. If it is busy, it handles the message after its current one. So the stack does not grow when two ends answer each other.
/// </summary>
public sealed class RpcMemoryTransport : IRpcTransport
{
    private readonly Lock _lock = new();
    private RpcMemoryTransport _peer = null!;
    private IRpcReceiver? _receiver;
    // The peer adds messages to this queue while those of the second queue are delivered. Then the two queues are swapped.
    private MessageQueue _arrived = new();
    private MessageQueue _delivered = new();
    private bool _isDelivering;
    private bool _peerClosed;
    private Exception? _peerReason;
    private volatile bool _closed;

    private RpcMemoryTransport()
    {
    }

    /// <summary>Creates two connected ends.</summary>
    public static (RpcMemoryTransport First, RpcMemoryTransport Second) CreatePair()
    {
        var first = new RpcMemoryTransport();
        var second = new RpcMemoryTransport { _peer = first };
        first._peer = second;
        return (first, second);
    }

    /// <inheritdoc/>
    public void Start(IRpcReceiver receiver)
    {
        lock (_lock)
        {
            if (_receiver is not null)
            {
                throw new InvalidOperationException("The transport has been started: it serves one session.");
            }

            _receiver = receiver;
            if (!TryBegin())
            {
                return;
            }
        }

        Deliver(receiver);
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(RpcMessages messages, CancellationToken cancellationToken)
    {
        if (!_closed)
        {
            _peer.Take(messages);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask CloseAsync(Exception? reason)
    {
        Close(reason);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync(null);

    private void Close(Exception? reason)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
        }

        _peer.TakeClose(reason);
    }

    private void Take(RpcMessages messages)
    {
        lock (_lock)
        {
            if (_closed || _peerClosed)
            {
                return;
            }

            _arrived.Add(messages);
            if (!TryBegin())
            {
                return;
            }
        }

        Deliver(_receiver!);
    }

    private void TakeClose(Exception? reason)
    {
        lock (_lock)
        {
            _peerClosed = true;
            _peerReason = reason;
            if (!TryBegin())
            {
                return;
            }
        }

        Deliver(_receiver!);
    }

    /// <summary>
    /// Delivers the messages that were taken from the queue. Repeats this with newly arrived messages until there are none.
    /// </summary>
    private void Deliver(IRpcReceiver receiver)
    {
        do
        {
            if (_delivered.IsEmpty)
            {
                // The connection has ended. _isDelivering stays true, so nothing is delivered any more.
                receiver.Closed(_peerReason is null ? null : new RpcBrokenException($"Peer closed: {_peerReason.Message}"));
                return;
            }

            DeliverBatch(receiver);
        }
        while (TryTakeMore());
    }

    private void DeliverBatch(IRpcReceiver receiver)
    {
        RpcMessages messages = _delivered.Messages;
        try
        {
            for (int i = 0; i < messages.Count && !_closed; i++)
            {
                receiver.Receive(messages[i]);
            }

            if (!_closed)
            {
                receiver.ReceiveDone();
            }
        }
        catch (Exception e)
        {
            // The receiver's exception ends the receiver's end of the connection. This thread belongs to the sender, which must not see the
            // exception.
            receiver.Closed(e);
            Close(e);
        }
        finally
        {
            _delivered.Clear();
        }
    }

    /// <summary>
    /// Takes the arrived messages, unless another thread already delivers messages: it then delivers these too. The caller holds the lock.
    /// </summary>
    private bool TryBegin() => _receiver is not null && !_isDelivering && (_isDelivering = TryTake());

    private bool TryTakeMore()
    {
        lock (_lock)
        {
            bool more = TryTake();
            _isDelivering = more || _closed;
            return more;
        }
    }

    /// <summary>
    /// Takes the arrived messages. If there are none, but the peer's close must still be delivered, returns true too. The caller holds the
    /// lock.
    /// </summary>
    private bool TryTake()
    {
        if (_closed || (_arrived.IsEmpty && !_peerClosed))
        {
            return false;
        }

        if (!_arrived.IsEmpty)
        {
            (_arrived, _delivered) = (_delivered, _arrived);
        }

        return true;
    }
}
