using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>
/// One end of a connection in memory. Every message crosses as its bytes, copied. An idle receiver takes it on the sender's
/// thread; a busy one when it has returned, so that two ends that answer each other need no deeper a stack however often.
/// </summary>
public sealed class RpcMemoryTransport : IRpcTransport
{
    private readonly Lock _lock = new();
    private RpcMemoryTransport _peer = null!;
    private IRpcReceiver? _receiver;
    // Written to by the peer while the other is being delivered.
    private MessageQueue _arrived = new();
    private MessageQueue _delivered = new();
    private bool _isDelivering;
    private bool _peerClosed;
    private Exception? _peerReason;
    private volatile bool _closed;

    private RpcMemoryTransport()
    {
    }

    /// <summary>Two ends, each other's peer.</summary>
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

    /// <summary>Hands over what was taken, and what has arrived when that is done.</summary>
    private void Deliver(IRpcReceiver receiver)
    {
        do
        {
            if (_delivered.IsEmpty)
            {
                // The end, after which it stays "delivering": nothing is delivered again.
                receiver.Closed(_peerReason is null ? null : new RpcBrokenException($"Peer closed: {_peerReason.Message}"));
                return;
            }

            DeliverBatch(receiver);
        }
        while (TryGoOn());
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
            // The receiver's failure ends its own connection; it is none of the sender's, on whose thread it happened.
            receiver.Closed(e);
            Close(e);
        }
        finally
        {
            _delivered.Clear();
        }
    }

    /// <summary>Under the lock: whether there is something to deliver and nobody does it; whoever does goes on until there is no more.</summary>
    private bool TryBegin() => _receiver is not null && !_isDelivering && (_isDelivering = TryTake());

    private bool TryGoOn()
    {
        lock (_lock)
        {
            bool more = TryTake();
            _isDelivering = more || _closed;
            return more;
        }
    }

    /// <summary>Under the lock: takes what has arrived, or nothing where that was the last.</summary>
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
