namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>An object that will be sent as a reference, and the contract that lists its reachable members.</summary>
internal sealed record RpcTarget(object Instance, RpcContract Contract);
