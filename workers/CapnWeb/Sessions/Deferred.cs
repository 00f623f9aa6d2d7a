namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Something to do when a session's lock is free: tell an entry's end, let a hook go, release an entry, or end the session.</summary>
internal readonly struct Deferred
{
    private readonly Hook? _hook;
    private readonly IAsker? _asker;
    private readonly Exception? _error;
    private readonly SessionEnd _how;
    private readonly long _id;
    private readonly long _count;

    public Deferred(long id, long count) => (_id, _count) = (id, count);

    public Deferred(Hook released) => _hook = released;

    public Deferred(Hook asked, IAsker asker) => (_hook, _asker) = (asked, asker);

    public Deferred(Exception error, SessionEnd how = SessionEnd.Aborted) => (_error, _how) = (error, how);

    public void Do(SessionCore session)
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
        else if (_asker is not null)
        {
            _hook!.Ask(_asker);
        }
        else
        {
            _hook!.Dispose();
        }
    }
}
