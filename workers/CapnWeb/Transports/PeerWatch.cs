namespace WorkerRpc.CapnWeb.Transports;

/// <summary>
/// Finds a peer that is gone. A received byte is a sign of life. So is a write that had to wait until the peer took earlier
/// bytes. Safe for one reader, one writer and the timer at once.
/// </summary>
/// <param name="limit">How long there may be no sign of life; <see cref="Timeout.InfiniteTimeSpan"/> for any time.</param>
/// <param name="clock">Measures it.</param>
internal sealed class PeerWatch(TimeSpan limit, TimeProvider clock) : IDisposable
{
    // The system's buffers take megabytes at once. A peer on a slow line sends nothing, not even a pong, until it has read them.
    // So the limit grows by the time in which a line of this speed carries what was written since the last sign of life.
    private const double SlowBytesPerSecond = 32 * 1024;

    // A reader that waits for many bytes reports those that came when it is woken.
    private const int WakesPerLimit = 4;

    private long _lifeAt = clock.GetTimestamp();
    private long _writtenBytes;
    private long _writtenAtLife;
    private volatile bool _isListening;
    private ITimer? _timer;

    /// <summary>Begins to watch.</summary>
    /// <param name="wakeReader">Makes a reader that waits note what has come.</param>
    /// <param name="onSilent">Is called once, when the limit has passed.</param>
    public void Start(Action wakeReader, Action onSilent)
    {
        if (limit != Timeout.InfiniteTimeSpan)
        {
            NoteLife();
            _timer = clock.CreateTimer(_ => Check(wakeReader, onSilent), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(limit / WakesPerLimit, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Whether a read waits for the peer. Silence counts only then: else bytes may have come that nobody asked for.</summary>
    public void SetListening(bool isListening) => _isListening = isListening;

    /// <summary>The peer sent bytes, or took some.</summary>
    public void NoteLife()
    {
        Volatile.Write(ref _writtenAtLife, Volatile.Read(ref _writtenBytes));
        Volatile.Write(ref _lifeAt, clock.GetTimestamp());
    }

    /// <summary>The system took bytes without a wait, which says nothing about the peer.</summary>
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
