namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>An object that is about to be sent as a reference, with the contract to expose.</summary>
internal sealed record RpcTarget(object Instance, RpcContract Contract);
