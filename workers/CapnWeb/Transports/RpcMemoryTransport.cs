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
        IRpcReceiver? receiver;
        lock (_lock)
        {
            if (_closed || _peerClosed)
            {
                return;
            }

            _arrived.Add(messages);
            receiver = _receiver;
        }

        Deliver(receiver);
    }

    private void TakeClose(Exception? reason)
    {
        IRpcReceiver? receiver;
        lock (_lock)
        {
            _peerClosed = true;
            _peerReason = reason;
            receiver = _receiver;
        }

        Deliver(receiver);
    }

    /// <summary>Hands over what has arrived, unless that is being done already: whoever does it goes on until there is no more.</summary>
    private void Deliver(IRpcReceiver? receiver)
    {
        if (receiver is null || !TryBegin())
        {
            return;
        }

        while (TryNext(out bool ended))
        {
            if (ended)
            {
                receiver.Closed(_peerReason is null ? null : new RpcBrokenException($"Peer closed: {_peerReason.Message}"));
                return;
            }

            DeliverBatch(receiver);
        }
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

    private bool TryBegin()
    {
        lock (_lock)
        {
            bool begins = !_isDelivering;
            _isDelivering = true;
            return begins;
        }
    }

    /// <returns>False when there is nothing to deliver; delivering has then ended.</returns>
    private bool TryNext(out bool ended)
    {
        lock (_lock)
        {
            // After the end nothing is delivered again: it stays "delivering".
            ended = _arrived.IsEmpty && _peerClosed;
            if (_closed || (_arrived.IsEmpty && !ended))
            {
                _isDelivering = _closed;
                return false;
            }

            (_arrived, _delivered) = (_delivered, _arrived);
            return true;
        }
    }
}
