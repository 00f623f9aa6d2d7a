namespace WorkerRpc.CapnWeb.Transports;

/// <summary>
/// Detects a dead peer, which shows no sign of life within a time limit. A received byte is a sign of life. The end of a write that had to
/// wait is another one: the peer must have read earlier bytes. One reader, one writer and the timer may use this object at the same time.
/// </summary>
/// <param name="limit">The time limit. For <see cref="Timeout.InfiniteTimeSpan"/> there is no limit.</param>
/// <param name="clock">The clock that measures the limit.</param>
internal sealed class PeerWatch(TimeSpan limit, TimeProvider clock) : IDisposable
{
    // The system's buffers accept megabytes without waiting. A peer on a slow line sends nothing, not even a pong, until it has read them.
    // So the limit is longer after large writes: by the time that a line of this speed needs for the bytes written since the last received
    // byte.
    private const double SlowBytesPerSecond = 32 * 1024;

    // The buffers of both systems hold fewer bytes than this.
    private const long MaxBufferedBytes = 8 << 20;

    // How often the timer wakes the reader within the limit. A reader that waits for many bytes reports new bytes only when it is woken.
    private const int WakesPerLimit = 4;

    // The time that the reader has to report bytes, after it was woken at the end of the limit.
    private static readonly TimeSpan s_wakeTime = TimeSpan.FromSeconds(1);

    private long _lifeAt = clock.GetTimestamp();
    private long _writtenBytes;
    private long _writtenAtReceipt;
    private volatile bool _isListening;
    private volatile bool _isReceiving;
    private bool _isLastWake;
    private ITimer? _timer;

    /// <summary>Starts the timer.</summary>
    /// <param name="wakeReader">
    /// A function that wakes a waiting reader, so that the reader reports the bytes received so far. It is null if the reader waits for a
    /// single byte.
    /// </param>
    /// <param name="onSilent">A function that is called once, when the peer has shown no sign of life for the whole limit.</param>
    public void Start(Action? wakeReader, Action onSilent)
    {
        if (limit != Timeout.InfiniteTimeSpan)
        {
            NoteReceived();
            _timer = clock.CreateTimer(_ => Check(wakeReader, onSilent), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(limit / WakesPerLimit, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>
    /// Sets whether the reading loop waits for the WebSocket. Without a read of the connection, the WebSocket then waits to write a pong,
    /// which a peer that does not read can prevent for ever. That time counts as silence too.
    /// </summary>
    public void SetReceiving(bool isReceiving) => _isReceiving = isReceiving;

    /// <summary>
    /// Sets whether a read is waiting for the peer. Time in which this side does not try to read is no silence: bytes may have arrived that
    /// nobody has read.
    /// </summary>
    public void SetListening(bool isListening) => _isListening = isListening;

    /// <summary>Records that the peer has sent bytes.</summary>
    public void NoteReceived()
    {
        Volatile.Write(ref _writtenAtReceipt, Volatile.Read(ref _writtenBytes));
        NoteLife();
    }

    /// <summary>Records written bytes. They are a sign of life only if full buffers of the system made the write wait.</summary>
    public void NoteWritten(int bytes, bool hadToWait)
    {
        Volatile.Write(ref _writtenBytes, _writtenBytes + bytes);
        if (hadToWait)
        {
            NoteLife();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void NoteLife() => Volatile.Write(ref _lifeAt, clock.GetTimestamp());

    private void Check(Action? wakeReader, Action onSilent)
    {
        if (!_isListening && !_isReceiving)
        {
            NoteLife();
        }

        long unread = Math.Min(Volatile.Read(ref _writtenBytes) - Volatile.Read(ref _writtenAtReceipt), MaxBufferedBytes);
        TimeSpan left = limit + TimeSpan.FromSeconds(unread / SlowBytesPerSecond) - clock.GetElapsedTime(Volatile.Read(ref _lifeAt));
        bool isOver = left <= TimeSpan.Zero;
        if (isOver && (_isLastWake || wakeReader is null))
        {
            onSilent();
            return;
        }

        wakeReader?.Invoke();
        _isLastWake = isOver;
        TimeSpan next = limit / WakesPerLimit;
        _timer!.Change(isOver ? s_wakeTime : left < next ? left : next, Timeout.InfiniteTimeSpan);
    }
}
