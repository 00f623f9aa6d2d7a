namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>What stubs share that stand for one reference, one after another: a generated stub takes over a plain one's.</summary>
internal sealed class StubReference(Hook hook)
{
    private Hook? _hook = hook;

    public Hook Hook => Volatile.Read(ref _hook)
        ?? throw new ObjectDisposedException(nameof(RpcStub), "This stub has been disposed: an argument's ends with its call unless it is duplicated.");

    public void Dispose() => Interlocked.Exchange(ref _hook, null)?.Dispose();
}
