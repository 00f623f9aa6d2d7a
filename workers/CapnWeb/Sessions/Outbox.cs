using System.Runtime.CompilerServices;
using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// The messages that wait for the transport. All messages written by one stretch of code, up to its next await, are sent together. So are
/// the messages written during a send. The caller holds the session's lock, except for flushing.
/// </summary>
internal sealed class Outbox : IThreadPoolWorkItem
{
    // The delay of releases and of calls that nobody awaits. It lets them be sent together with other messages.
    private static readonly TimeSpan s_flushDelay = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_busyFlushDelay = TimeSpan.FromMilliseconds(100);

    // Releases and pulls do not wait for room. The session ends if they need more than this reserve beyond the limit.
    private const int Reserve = 1 << 20;

    // So many waiting bytes are sent before the peer pauses.
    private const int LongBytes = 256 * 1024;

    private readonly SessionCore _session;
    private readonly IRpcTransport _transport;
    private readonly ICollectingTransport? _collecting;
    private readonly Action _sent;
    private MessageBuffer _pending = new();
    private MessageBuffer _inFlight = new();
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _write;
    private TaskCompletionSource? _idle;
    private ITimer? _timer;
    private int _isQueued;
    private int _overflow;
    private int _flushes;
    private int _flushesWhenTimerSet;
    private bool _isTimerSet;
    private bool _isLongDelay;
    private bool _hasDelayedCall;
    private bool _isSending;
    private bool _isFlushRequested;

    public Outbox(SessionCore session, IRpcTransport transport)
    {
        _session = session;
        _transport = transport;
        _collecting = transport as ICollectingTransport;
        _sent = OnSent;
    }

    public ExpressionWriter Writer => _pending.Writer;

    /// <summary>The position in <see cref="Writer"/> at which the message that was started begins.</summary>
    public int OpenStart => _pending.Length;

    public long MessagesSent { get; private set; }

    public long BytesSent { get; private set; }

    /// <summary>The number of bytes that wait for the transport or are being sent.</summary>
    public long UnsentBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _pending.Length + (_isSending ? _inFlight.Length : 0) + (_collecting?.CollectedBytes ?? 0);
    }

    /// <summary>Whether new calls must wait, because the peer reads too slowly.</summary>
    public bool IsHalfFull => _collecting is null && UnsentBytes > _session.Limits.MaxUnsentBytes / 2;

    /// <summary>Whether more than the reserve for messages that cannot wait is used.</summary>
    public bool IsOverfull => _overflow > Reserve;

    /// <summary>Whether answers can wait for room. It is false if all messages are sent only at the end.</summary>
    public bool CanDrain => _collecting is null;

    // A batch needs no timer and no other thread: its transport flushes. Only many messages are sent before that.
    private bool CanWait => _collecting is not null && _pending.Length <= LongBytes;

    /// <summary>Whether a message of this size may be sent now. An answer that is longer than the limit is sent alone.</summary>
    public bool Fits(long bytes) => UnsentBytes is var unsent && (unsent == 0 || unsent + bytes <= _session.Limits.MaxUnsentBytes);

    /// <summary>Starts a message and returns its writer.</summary>
    public ExpressionWriter BeginMessage()
    {
        _pending.Begin();
        return _pending.Writer;
    }

    /// <summary>Ends the message that was started.</summary>
    public void EndMessage()
    {
        bool isFull = UnsentBytes > _session.Limits.MaxUnsentBytes;
        int length = _pending.End();
        _overflow += isFull ? length : 0;
        BytesSent += length;
        MessagesSent++;
    }

    /// <summary>Lets an entry use the text of its result in the buffer: the bytes after <paramref name="start"/>.</summary>
    public void BorrowText(ExportEntry entry, int start) => entry.BorrowText(_pending, start);

    /// <summary>Removes the message that was started but not ended.</summary>
    public void DropOpen() => _pending.Rollback();

    /// <summary>Removes all messages that are not being sent.</summary>
    public void Clear() => _pending.Clear();

    /// <summary>Sends the waiting messages after a delay. An earlier flush sends them too.</summary>
    /// <param name="isCall">Whether the messages contain a call. The delay is then always the short one.</param>
    public void FlushDelayed(bool isCall = false)
    {
        if (CanWait)
        {
            return;
        }

        _hasDelayedCall |= isCall;
        if (!_isTimerSet || (isCall && _isLongDelay))
        {
            SetTimer(isLongDelay: false);
        }
    }

    /// <summary>
    /// Sends the waiting messages from a thread of the pool. By then the running code has usually written all its messages.
    /// </summary>
    public void FlushSoon()
    {
        if (!CanWait && Interlocked.Exchange(ref _isQueued, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _isQueued, 0);
        Flush();
    }

    /// <summary>Sends the waiting messages. If a send is in progress, they follow when it completes.</summary>
    public void Flush()
    {
        if (_session.IsWriting && Monitor.IsEntered(_session.Gate))
        {
            // A value is being serialized, so the last message is not complete. It is sent later.
            FlushSoon();
            return;
        }

        lock (_session.Gate)
        {
            _isFlushRequested = true;
            if (_isSending || !TryTakePending())
            {
                return;
            }
        }

        Send();
    }

    /// <summary>Sends the waiting messages if they are many. A peer that sends without a pause gets its answers meanwhile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void FlushIfLong()
    {
        if (_pending.Length > LongBytes)
        {
            Flush();
        }
    }

    /// <summary>Sends the waiting messages. The task completes when the transport has accepted all of them.</summary>
    public Task FlushAsync()
    {
        Flush();
        return IdleAsync();
    }

    /// <summary>Returns a task that completes when no send is in progress.</summary>
    public Task IdleAsync()
    {
        lock (_session.Gate)
        {
            return _isSending ? (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    /// <summary>Returns the buffers to the pool. A buffer that the transport still uses is left to the garbage collector instead.</summary>
    public void Close()
    {
        lock (_session.Gate)
        {
            _timer?.Dispose();
            _pending.Writer.Dispose();
            if (!_isSending)
            {
                _inFlight.Writer.Dispose();
            }
        }
    }

    private void Send()
    {
        try
        {
            do
            {
                ValueTask write = _transport.SendAsync(_inFlight.Messages, CancellationToken.None);
                if (!write.IsCompleted)
                {
                    _write = write.ConfigureAwait(false).GetAwaiter();
                    _write.UnsafeOnCompleted(_sent);
                    return;
                }

                write.GetAwaiter().GetResult();
            }
            while (TryContinue());
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    private void OnSent()
    {
        bool more;
        try
        {
            _write.GetResult();
            more = TryContinue();
        }
        catch (Exception error)
        {
            Fail(error);
            return;
        }

        if (more)
        {
            Send();
        }
    }

    private bool TryContinue()
    {
        TaskCompletionSource? idle = null;
        bool more;
        lock (_session.Gate)
        {
            _inFlight.Clear();
            _overflow = 0;
            more = _isFlushRequested && TryTakePending();
            if (!more)
            {
                _isSending = false;
                if (_pending.IsUntouched)
                {
                    // Swaps the two empty buffers back. The next messages are then written to the same memory, which is still in the
                    // processor's cache.
                    (_pending, _inFlight) = (_inFlight, _pending);
                }

                idle = _idle;
                _idle = null;
            }
        }

        _session.GoOnWaiting();
        idle?.TrySetResult();
        return more;
    }

    private bool TryTakePending()
    {
        _session.Answers.DropEarlyAnswer();
        _isFlushRequested = false;
        if (_pending.IsEmpty)
        {
            return false;
        }

        _isSending = true;
        _flushes++;
        _hasDelayedCall = false;
        (_pending, _inFlight) = (_inFlight, _pending);
        return true;
    }

    private void Fail(Exception error)
    {
        TaskCompletionSource? idle;
        lock (_session.Gate)
        {
            _isSending = false;
            _inFlight.Clear();
            idle = _idle;
            _idle = null;
        }

        idle?.TrySetResult();
        _session.End(error, SessionEnd.TransportFailed);
    }

    // In a busy session the next flush sends the releases anyway. So the timer is set again with a long delay: a short one would wake
    // another thread, which takes processor time from the calls.
    private void OnTimer()
    {
        lock (_session.Gate)
        {
            if (_flushes != _flushesWhenTimerSet && !_hasDelayedCall)
            {
                SetTimer(isLongDelay: true);
                return;
            }

            _isTimerSet = false;
        }

        Flush();
    }

    private void SetTimer(bool isLongDelay)
    {
        _isTimerSet = true;
        _isLongDelay = isLongDelay;
        _flushesWhenTimerSet = _flushes;
        _timer ??= _session.Options.TimeProvider.CreateTimer(
            static outbox => ((Outbox)outbox!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(isLongDelay ? s_busyFlushDelay : s_flushDelay, Timeout.InfiniteTimeSpan);
    }
}
