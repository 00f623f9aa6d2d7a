namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The result of a member that runs here. Nobody's any more, it cancels the call.</summary>
internal sealed class CallHook(SessionCore session) : PromiseHook(session)
{
    /// <summary>The call, until it has ended.</summary>
    public RpcInvocation? Running { get; set; }

    protected override CancellationTokenSource? OnAbandoned() => Running?.Abandon();
}
