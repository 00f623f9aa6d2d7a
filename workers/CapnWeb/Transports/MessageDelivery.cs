using WorkerRpc.CapnWeb.Messages;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>
/// Delivers the messages of a WebSocket in order, one at a time. The loop that reads a message delivers it on its own thread. If a member
/// blocks that thread, a new loop goes on reading, because a WebSocket answers pings only while it is read. The messages that the new loop
/// reads wait until the blocked thread delivers them.
/// </summary>
internal sealed class MessageDelivery : IDisposable
{
    // A message that takes longer is blocked: after at most twice this time, another loop reads.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(250);

    // A loop stops reading when this many bytes wait. The peer's pings then wait behind its own messages.
    private const int MaxWaitingBytes = 1 << 20;

    // The memory that a waiting message takes besides its bytes: its array and its place in the queue. Messages may be empty.
    private const int BytesPerMessage = 64;

    private readonly Lock _lock = new();
    private readonly Queue<byte[]> _waiting = new();
    private readonly IRpcReceiver _receiver;
    private readonly Func<bool> _isClosing;
    private readonly Action<int> _read;
    private readonly ITimer _timer;
    private TaskCompletionSource? _room;
    private Exception? _end;
    private long _deliveries;
    private long _seenDeliveries;
    private int _waitingBytes;
    private int _readingLoop = FirstLoop;
    private int _blockableLoop;
    private bool _hasEnded;
    private bool _isDelivering;
    private bool _isTimerSet;
    private volatile bool _hasUnsentAnswers;

    /// <param name="receiver">The receiver of the messages.</param>
    /// <param name="clock">The clock that detects a blocked thread.</param>
    /// <param name="isClosing">Whether the transport is closing, so that nothing may be delivered.</param>
    /// <param name="read">A function that starts the reading loop with this number.</param>
    public MessageDelivery(IRpcReceiver receiver, TimeProvider clock, Func<bool> isClosing, Action<int> read)
    {
        (_receiver, _isClosing, _read) = (receiver, isClosing, read);
        _timer = clock.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The number of the first reading loop.</summary>
    public static int FirstLoop => 1;

    /// <summary>The number for <see cref="End"/> if the caller is no reading loop.</summary>
    public static int NoLoop => -1;

    /// <summary>Whether this loop may go on reading. Otherwise a newer loop reads.</summary>
    public bool IsReading(int loop)
    {
        lock (_lock)
        {
            return _readingLoop == loop;
        }
    }

    /// <summary>Delivers a message, or keeps a copy of it while another thread delivers.</summary>
    /// <returns>
    /// Returns false if a newer loop has started to read, or if the connection has ended. The caller must then stop.
    /// </returns>
    public bool Deliver(ReadOnlyMemory<byte> message, int loop)
    {
        lock (_lock)
        {
            if (_isDelivering)
            {
                if (!_isClosing())
                {
                    _waiting.Enqueue(message.ToArray());
                    _waitingBytes += message.Length + BytesPerMessage;
                }

                return true;
            }

            _isDelivering = true;
            _blockableLoop = loop;
            _deliveries++;
            if (!_isTimerSet)
            {
                _isTimerSet = true;
                _timer.Change(s_patience, Timeout.InfiniteTimeSpan);
            }
        }

        Receive(message);
        lock (_lock)
        {
            _blockableLoop = 0;
            if (_readingLoop == loop && _end is null)
            {
                _isDelivering = false;
                return true;
            }
        }

        DeliverWaiting();
        return false;
    }

    /// <summary>Waits while too many bytes wait for their delivery.</summary>
    public Task RoomAsync()
    {
        // Only this loop adds bytes, so that no lock is needed to see that there are few.
        if (Volatile.Read(ref _waitingBytes) < MaxWaitingBytes)
        {
            return Task.CompletedTask;
        }

        lock (_lock)
        {
            return _waitingBytes < MaxWaitingBytes
                ? Task.CompletedTask
                : (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Lets the receiver send its answers, because no further message has arrived yet.</summary>
    public void SendAnswers()
    {
        if (!_hasUnsentAnswers)
        {
            return;
        }

        lock (_lock)
        {
            if (_isDelivering)
            {
                return;
            }

            _isDelivering = true;
        }

        ReceiveDone();
        lock (_lock)
        {
            if (_end is null)
            {
                _isDelivering = false;
                return;
            }
        }

        DeliverWaiting();
    }

    /// <summary>Reports the end of the connection after the messages that wait. Only the first call counts.</summary>
    public void End(Exception reason, int loop)
    {
        lock (_lock)
        {
            if (_hasEnded)
            {
                return;
            }

            _hasEnded = true;
            if (_isDelivering && _blockableLoop != loop)
            {
                _end = reason;
                return;
            }

            // Nothing is delivered any more.
            _isDelivering = true;
            _blockableLoop = 0;
        }

        Close(reason);
    }

    /// <summary>Drops the messages that wait. A member may still block the thread that would deliver them.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_lock)
        {
            _waiting.Clear();
            _waitingBytes = 0;
            ReportRoom();
        }
    }

    // The caller holds the lock.
    private void ReportRoom()
    {
        _room?.SetResult();
        _room = null;
    }

    private void DeliverWaiting()
    {
        try
        {
            while (TryTake(out byte[]? message))
            {
                if (message is not null)
                {
                    Receive(message);
                }
                else if (_hasUnsentAnswers)
                {
                    ReceiveDone();
                }
                else
                {
                    Close(_end!);
                    return;
                }
            }
        }
        catch (Exception error)
        {
            Close(error);
        }
    }

    /// <summary>
    /// Takes the next message. Returns null for it if none waits, but answers are unsent or the connection has ended. Ends the delivery and
    /// returns false if nothing is left to do.
    /// </summary>
    private bool TryTake(out byte[]? message)
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out message))
            {
                _waitingBytes -= message.Length + BytesPerMessage;
                if (_waitingBytes == 0)
                {
                    ReportRoom();
                }

                return true;
            }

            _isDelivering = _hasUnsentAnswers || _end is not null;
            return _isDelivering;
        }
    }

    private void Receive(ReadOnlyMemory<byte> message)
    {
        if (!_isClosing())
        {
            _receiver.Receive(message);
            _hasUnsentAnswers = true;
        }
    }

    private void ReceiveDone()
    {
        _hasUnsentAnswers = false;
        if (!_isClosing())
        {
            _receiver.ReceiveDone();
        }
    }

    private void Close(Exception reason)
    {
        if (_hasUnsentAnswers)
        {
            ReceiveDone();
        }

        if (!_isClosing())
        {
            _receiver.Closed(reason);
        }
    }

    // The timer runs only while messages arrive. An idle connection costs nothing.
    private void OnTimer()
    {
        int next = 0;
        lock (_lock)
        {
            bool hasMoved = _deliveries != _seenDeliveries;
            _seenDeliveries = _deliveries;
            _isTimerSet = hasMoved || _isDelivering;
            if (!hasMoved && _isDelivering && _blockableLoop == _readingLoop)
            {
                next = ++_readingLoop;
            }

            if (_isTimerSet)
            {
                _timer.Change(s_patience, Timeout.InfiniteTimeSpan);
            }
        }

        if (next > 0)
        {
            _read(next);
        }
    }
}
