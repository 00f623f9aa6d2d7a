using System.Runtime.CompilerServices;
using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// Messages that wait for the transport. Those of one turn leave together, and so do those written during a write. Everything
/// except flushing happens under the session's lock.
/// </summary>
internal sealed class Outbox : IThreadPoolWorkItem
{
    // Releases and calls that nobody awaits wait this long, so that they leave together with other messages.
    private static readonly TimeSpan s_flushDelay = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_busyFlushDelay = TimeSpan.FromMilliseconds(100);

    private readonly SessionCore _session;
    private readonly IRpcTransport _transport;
    private readonly Action _sent;
    private MessageBuffer _pending = new();
    private MessageBuffer _inFlight = new();
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _write;
    private TaskCompletionSource? _idle;
    private ITimer? _timer;
    private int _isQueued;
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
        _sent = OnSent;
    }

    public ExpressionWriter Writer => _pending.Writer;

    public long MessagesSent { get; private set; }

    public long BytesSent { get; private set; }

    /// <summary>Bytes that wait, without those in flight.</summary>
    public int WaitingBytes => _pending.Length;

    /// <summary>Starts a message and returns its writer.</summary>
    public ExpressionWriter BeginMessage()
    {
        _pending.Begin();
        return _pending.Writer;
    }

    /// <summary>Ends the message that was started.</summary>
    public void EndMessage()
    {
        BytesSent += _pending.End();
        MessagesSent++;
    }

    /// <summary>Lends the text of a result to its entry: everything written after <paramref name="start"/>.</summary>
    public void BorrowText(ExportEntry entry, int start) => entry.BorrowText(_pending, start);

    /// <summary>Drops the message that was started and not ended.</summary>
    public void DropOpen() => _pending.Rollback();

    /// <summary>Drops all messages that are not in flight.</summary>
    public void Clear() => _pending.Clear();

    /// <summary>Sends the waiting messages after a delay, unless another flush comes first.</summary>
    /// <param name="isCall">Whether the messages hold a call. The delay is then always the short one.</param>
    public void FlushDelayed(bool isCall = false)
    {
        _hasDelayedCall |= isCall;
        if (!_isTimerSet || (isCall && _isLongDelay))
        {
            SetTimer(isLongDelay: false);
        }
    }

    /// <summary>Sends the waiting messages from the thread pool. The current turn has then usually ended.</summary>
    public void FlushSoon()
    {
        if (Interlocked.Exchange(ref _isQueued, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _isQueued, 0);
        Flush();
    }

    /// <summary>Sends the waiting messages. If a write is in flight, they are sent when it ends.</summary>
    public void Flush()
    {
        if (_session.IsWriting && Monitor.IsEntered(_session.Gate))
        {
            // A value is being serialized, so the last message is not complete.
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

    /// <summary>Completes when the transport has taken all messages.</summary>
    public Task FlushAsync()
    {
        Flush();
        return IdleAsync();
    }

    /// <summary>Completes when no write is in flight.</summary>
    public Task IdleAsync()
    {
        lock (_session.Gate)
        {
            return _isSending ? (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    /// <summary>Returns the buffers to the pool. A buffer that the transport still uses is left to the garbage collector.</summary>
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
        TaskCompletionSource? idle;
        lock (_session.Gate)
        {
            _inFlight.Clear();
            if (_isFlushRequested && TryTakePending())
            {
                return true;
            }

            _isSending = false;
            if (_pending.IsUntouched)
            {
                // The next write uses the same buffer, which is still in the processor's cache.
                (_pending, _inFlight) = (_inFlight, _pending);
            }

            idle = _idle;
            _idle = null;
        }

        idle?.TrySetResult();
        return false;
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

    // In a busy session the next flush sends the releases anyway. A short timer would only wake another thread, which takes
    // processor time from the calls.
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
