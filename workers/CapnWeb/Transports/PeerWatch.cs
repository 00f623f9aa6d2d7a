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
    // So the limit is longer after large writes: by the time that a line of this speed needs for the bytes written since the last sign of
    // life.
    private const double SlowBytesPerSecond = 32 * 1024;

    // How often the timer wakes the reader within the limit. A reader that waits for many bytes reports new bytes only when it is woken.
    private const int WakesPerLimit = 4;

    private long _lifeAt = clock.GetTimestamp();
    private long _writtenBytes;
    private long _writtenAtLife;
    private volatile bool _isListening;
    private ITimer? _timer;

    /// <summary>Starts the timer.</summary>
    /// <param name="wakeReader">A function that wakes a waiting reader, so that the reader reports the bytes received so far.</param>
    /// <param name="onSilent">A function that is called once, when the peer has shown no sign of life for the whole limit.</param>
    public void Start(Action wakeReader, Action onSilent)
    {
        if (limit != Timeout.InfiniteTimeSpan)
        {
            NoteLife();
            _timer = clock.CreateTimer(_ => Check(wakeReader, onSilent), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(limit / WakesPerLimit, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>
    /// Sets whether a read is waiting for the peer. Only time during a read counts as silence: at other times, bytes may have arrived that
    /// nobody has read.
    /// </summary>
    public void SetListening(bool isListening) => _isListening = isListening;

    /// <summary>Records a sign of life: the peer sent bytes, or read some.</summary>
    public void NoteLife()
    {
        Volatile.Write(ref _writtenAtLife, Volatile.Read(ref _writtenBytes));
        Volatile.Write(ref _lifeAt, clock.GetTimestamp());
    }

    /// <summary>Records written bytes that the system's buffers accepted without waiting. They are not a sign of life.</summary>
    public void NoteWritten(int bytes) => Volatile.Write(ref _writtenBytes, _writtenBytes + bytes);

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void Check(Action wakeReader, Action onSilent)
    {
        if (!_isListening)
        {
            NoteLife();
        }

        long unread = Volatile.Read(ref _writtenBytes) - Volatile.Read(ref _writtenAtLife);
        TimeSpan left = limit + TimeSpan.FromSeconds(unread / SlowBytesPerSecond) - clock.GetElapsedTime(Volatile.Read(ref _lifeAt));
        if (left <= TimeSpan.Zero)
        {
            onSilent();
            return;
        }

        wakeReader();
        TimeSpan next = limit / WakesPerLimit;
        _timer!.Change(left < next ? left : next, Timeout.InfiniteTimeSpan);
    }
}
