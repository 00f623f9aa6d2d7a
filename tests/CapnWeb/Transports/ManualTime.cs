namespace WorkerRpc.Tests.CapnWeb.Transports;

/// <summary>A clock that the test moves. Timers fire inside <see cref="Advance"/>.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private long _ticks;
    private TaskCompletionSource _waited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes once a timer is created after the last <see cref="Advance"/>.</summary>
    public Task Waited
    {
        get
        {
            lock (_lock)
            {
                return _waited.Task;
            }
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            var timer = new ManualTimer(this, callback, state, dueTime);
            _timers.Add(timer);
            _waited.TrySetResult();
            return timer;
        }
    }

    /// <summary>Moves the clock and fires the timers that are due.</summary>
    public void Advance(TimeSpan time)
    {
        ManualTimer[] due;
        lock (_lock)
        {
            _ticks += time.Ticks;
            due = [.. _timers.Where(timer => timer.IsDue(time))];
            _waited = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        Array.ForEach(due, timer => timer.Fire());
    }

    private void Remove(ManualTimer timer)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
        }
    }

    private sealed class ManualTimer(ManualTime clock, TimerCallback callback, object? state, TimeSpan left) : ITimer
    {
        private TimeSpan _left = left;

        public bool IsDue(TimeSpan passed)
        {
            if (_left == Timeout.InfiniteTimeSpan || (_left -= passed) > TimeSpan.Zero)
            {
                return false;
            }

            // A timer fires once, until Change starts it again.
            _left = Timeout.InfiniteTimeSpan;
            return true;
        }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _left = dueTime;
            return true;
        }

        public void Dispose() => clock.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
