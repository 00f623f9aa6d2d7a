namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The reference of a stub. When a generated stub takes over the reference of a plain stub, both share this object.</summary>
internal sealed class StubReference(Hook hook)
{
    private Hook? _hook = hook;

    public Hook Hook => Volatile.Read(ref _hook)
        ?? throw new ObjectDisposedException(
            nameof(RpcStub), "This stub has been disposed: an argument's ends with its call unless it is duplicated.");

    public void Dispose() => Interlocked.Exchange(ref _hook, null)?.Dispose();
}
