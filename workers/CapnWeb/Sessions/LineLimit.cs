namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Limits how many lines of one kind are logged: at most <paramref name="max"/> in ten seconds.</summary>
internal sealed class LineLimit(int max)
{
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private long _windowStart;
    private int _lines;
    private int _skipped;

    /// <summary>Counts a line.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="skipped">The number of lines that were left out since the last logged one.</param>
    /// <returns>Returns false if the line must be left out.</returns>
    public bool TryTake(TimeProvider clock, out int skipped)
    {
        lock (_lock)
        {
            if (_lines == 0 || clock.GetElapsedTime(_windowStart) >= s_window)
            {
                (_windowStart, _lines) = (clock.GetTimestamp(), 0);
            }

            if (_lines == max)
            {
                _skipped++;
                skipped = 0;
                return false;
            }

            _lines++;
            (skipped, _skipped) = (_skipped, 0);
            return true;
        }
    }
}
