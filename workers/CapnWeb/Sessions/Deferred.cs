namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Work that waits until the session's lock is free, because it may run the application's code.</summary>
internal readonly struct Deferred
{
    private readonly Hook? _hook;
    private readonly IOutcomeObserver? _observer;
    private readonly Exception? _error;
    private readonly SessionEnd _how;
    private readonly long _id;
    private readonly long _count;

    public Deferred(long id, long count) => (_id, _count) = (id, count);

    public Deferred(Hook released) => _hook = released;

    public Deferred(Hook asked, IOutcomeObserver observer) => (_hook, _observer) = (asked, observer);

    public Deferred(Exception error, SessionEnd how = SessionEnd.Aborted) => (_error, _how) = (error, how);

    public void Run(SessionCore session)
    {
        if (_count > 0)
        {
            lock (session.Gate)
            {
                session.Release(_id, _count);
            }
        }
        else if (_error is not null)
        {
            session.End(_error, _how);
        }
        else if (_observer is not null)
        {
            _hook!.Observe(_observer);
        }
        else
        {
            _hook!.Dispose();
        }
    }
}
