namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The reference of a stub. When a generated stub takes over the reference of a plain stub, both share this object.</summary>
internal sealed class StubReference(Hook hook)
{
    private Hook? _hook = hook;
    private BrokenSignal? _broken;

    public Hook Hook => Volatile.Read(ref _hook)
        ?? throw new ObjectDisposedException(
            nameof(RpcStub), "This stub has been disposed: an argument's ends with its call unless it is duplicated.");

    /// <summary>Returns a token that is cancelled when the session ends, unless this reference is disposed before.</summary>
    public CancellationToken Broken(SessionCore session)
    {
        if (Volatile.Read(ref _broken) is { } known)
        {
            return known.Token;
        }

        var signal = new BrokenSignal(session.Broken);
        if (Interlocked.CompareExchange(ref _broken, signal, null) is { } earlier)
        {
            signal.Disconnect();
            return earlier.Token;
        }

        if (Volatile.Read(ref _hook) is null)
        {
            // Another thread has disposed the reference, maybe before it could see the signal.
            signal.Disconnect();
        }

        return signal.Token;
    }

    public void Dispose()
    {
        Hook? hook = Interlocked.Exchange(ref _hook, null);
        Volatile.Read(ref _broken)?.Disconnect();
        hook?.Dispose();
    }
}
