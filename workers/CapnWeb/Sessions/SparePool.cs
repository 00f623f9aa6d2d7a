namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Objects to be used again, a few of a kind for the whole process.</summary>
internal sealed class SparePool<T>
    where T : class, new()
{
    private const int MaxSpare = 256;

    private readonly Stack<T> _spare = new();
    private readonly Lock _lock = new();
    private T? _next;

    public T Rent()
    {
        if (Interlocked.Exchange(ref _next, null) is { } next)
        {
            return next;
        }
        lock (_lock)
        {
            return _spare.TryPop(out T? spare) ? spare : new T();
        }
    }

    public void Return(T item)
    {
        if (Interlocked.CompareExchange(ref _next, item, null) is null)
        {
            return;
        }
        lock (_lock)
        {
            if (_spare.Count < MaxSpare)
            {
                _spare.Push(item);
            }
        }
    }
}
