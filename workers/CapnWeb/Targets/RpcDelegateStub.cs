using WorkerRpc.CapnWeb.Sessions;

namespace WorkerRpc.CapnWeb.Targets;

/// <summary>
/// A peer's function behind a delegate: the delegate's target. It tells a delegate that stands for a reference from one that
/// only happens to have a stub as its target.
/// </summary>
/// <param name="source">The reference, which this takes over.</param>
public abstract class RpcDelegateStub(RpcStub source) : RpcStub(source);
