namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The future result of a call that runs on this side. The call is cancelled when nobody holds this hook any more.</summary>
internal sealed class CallHook(SessionCore session) : PromiseHook(session)
{
    /// <summary>The running call. The value is null after the call has ended.</summary>
    public RpcInvocation? Invocation { get; set; }

    protected override CancellationTokenSource? OnAbandoned() => Invocation?.Abandon();
}
