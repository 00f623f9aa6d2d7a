using System.Runtime.CompilerServices;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// Messages on their way to the transport. They gather while a turn lasts and while a write is in flight, and leave together.
/// Everything but the flushes happens under the session's lock.
/// </summary>
internal sealed class Outbox : IThreadPoolWorkItem
{
    // Calls that nobody awaits, and releases, wait so long for company; releases of a busy session longer.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan BusyPatience = TimeSpan.FromMilliseconds(100);

    private readonly SessionCore _session;
    private readonly IRpcTransport _transport;
    private readonly Action _sent;
    private MessageBuffer _gathering = new();
    private MessageBuffer _leaving = new();
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _write;
    private TaskCompletionSource? _idle;
    private ITimer? _timer;
    private int _isQueued;
    private int _flushes;
    private int _flushesWhenTimed;
    private bool _isTimed;
    private bool _isPatient;
    private bool _callWaits;
    private bool _isSending;
    private bool _isWanted;

    public Outbox(SessionCore session, IRpcTransport transport)
    {
        _session = session;
        _transport = transport;
        _sent = OnSent;
    }

    public ExpressionWriter Writer => _gathering.Writer;

    public long MessagesSent { get; private set; }

    public long BytesSent { get; private set; }

    /// <summary>Bytes that wait, those in flight not counted.</summary>
    public int WaitingBytes => _gathering.Length;

    /// <summary>Where the next message is written.</summary>
    public ExpressionWriter BeginMessage()
    {
        _gathering.Begin();
        return _gathering.Writer;
    }

    /// <summary>What was written since the last end becomes a message.</summary>
    public void EndMessage()
    {
        BytesSent += _gathering.End();
        MessagesSent++;
    }

    /// <summary>What has been written of the message that has not ended is an entry's result, from <paramref name="start"/> on.</summary>
    public void Quote(ExportEntry entry, int start) => entry.Quote(_gathering, start);

    /// <summary>Drops what has been written of the message that has not ended.</summary>
    public void DropOpen() => _gathering.Rollback();

    /// <summary>Drops what has not left.</summary>
    public void Clear() => _gathering.Clear();

    /// <summary>Sends what has gathered with what is sent next, or a moment later.</summary>
    /// <param name="isCall">Whether somebody may wait for it without saying so: then it is a few milliseconds.</param>
    public void FlushEventually(bool isCall = false)
    {
        _callWaits |= isCall;
        if (!_isTimed || (isCall && _isPatient))
        {
            SetTimer(isPatient: false);
        }
    }

    /// <summary>Sends what has gathered when the thread pool comes to it, by when this turn is mostly over.</summary>
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

    /// <summary>Hands what has gathered to the transport, or leaves it to the write in flight to do so when it ends.</summary>
    public void Flush()
    {
        if (_session.IsWriting && Monitor.IsEntered(_session.Gate))
        {
            // A member of a value that is being written: the message is not complete.
            FlushSoon();
            return;
        }
        lock (_session.Gate)
        {
            _isWanted = true;
            if (_isSending || !TryTake())
            {
                return;
            }
        }
        Send();
    }

    /// <summary>Completes when the transport has taken all that has gathered.</summary>
    public Task FlushAsync()
    {
        Flush();
        return IdleAsync();
    }

    /// <summary>Completes when nothing is in flight.</summary>
    public Task IdleAsync()
    {
        lock (_session.Gate)
        {
            return _isSending ? (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    /// <summary>Nothing will be sent any more: gives the buffers back, but for one that a transport holds on to.</summary>
    public void Close()
    {
        lock (_session.Gate)
        {
            _timer?.Dispose();
            _gathering.Writer.Dispose();
            if (!_isSending)
            {
                _leaving.Writer.Dispose();
            }
        }
    }

    private void Send()
    {
        try
        {
            do
            {
                ValueTask write = _transport.SendAsync(_leaving.Messages, CancellationToken.None);
                if (!write.IsCompleted)
                {
                    _write = write.ConfigureAwait(false).GetAwaiter();
                    _write.UnsafeOnCompleted(_sent);
                    return;
                }
                write.GetAwaiter().GetResult();
            }
            while (TryGoOn());
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
            more = TryGoOn();
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

    private bool TryGoOn()
    {
        TaskCompletionSource? idle;
        lock (_session.Gate)
        {
            _leaving.Clear();
            if (_isWanted && TryTake())
            {
                return true;
            }
            _isSending = false;
            if (_gathering.IsUntouched)
            {
                // The same buffer for the next write, while it is in the processor's cache.
                (_gathering, _leaving) = (_leaving, _gathering);
            }
            idle = _idle;
            _idle = null;
        }
        idle?.TrySetResult();
        return false;
    }

    private bool TryTake()
    {
        _session.Answers.DropEarly();
        _isWanted = false;
        if (_gathering.IsEmpty)
        {
            return false;
        }
        _isSending = true;
        _flushes++;
        _callWaits = false;
        (_gathering, _leaving) = (_leaving, _gathering);
        return true;
    }

    private void Fail(Exception error)
    {
        TaskCompletionSource? idle;
        lock (_session.Gate)
        {
            _isSending = false;
            _leaving.Clear();
            idle = _idle;
            _idle = null;
        }
        idle?.TrySetResult();
        _session.End(error, SessionEnd.TransportFailed);
    }

    // While a session is busy, a release leaves with the next flush anyway. Ticks would only wake threads beside the one that
    // works, each of them at the cost of some of its calls.
    private void OnTimer()
    {
        lock (_session.Gate)
        {
            if (_flushes != _flushesWhenTimed && !_callWaits)
            {
                SetTimer(isPatient: true);
                return;
            }
            _isTimed = false;
        }
        Flush();
    }

    private void SetTimer(bool isPatient)
    {
        _isTimed = true;
        _isPatient = isPatient;
        _flushesWhenTimed = _flushes;
        _timer ??= _session.Options.TimeProvider.CreateTimer(
            static outbox => ((Outbox)outbox!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(isPatient ? BusyPatience : Patience, Timeout.InfiniteTimeSpan);
    }
}
