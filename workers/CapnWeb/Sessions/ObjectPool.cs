namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Keeps objects for reuse, at most 256 of a type for the whole process.</summary>
internal sealed class ObjectPool<T>
    where T : class, new()
{
    private const int MaxPooled = 256;

    private readonly Stack<T> _pool = new();
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
            return _pool.TryPop(out T? pooled) ? pooled : new T();
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
            if (_pool.Count < MaxPooled)
            {
                _pool.Push(item);
            }
        }
    }
}
