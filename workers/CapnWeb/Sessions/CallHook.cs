namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The result of a call that runs here. When its last holder releases it, the call is cancelled.</summary>
internal sealed class CallHook(SessionCore session) : PromiseHook(session)
{
    /// <summary>The running call. Null after it has ended.</summary>
    public RpcInvocation? Invocation { get; set; }

    protected override CancellationTokenSource? OnAbandoned() => Invocation?.Abandon();
}
