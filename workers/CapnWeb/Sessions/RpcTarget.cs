namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>An object of the application on its way to a peer, with what the peer may reach of it.</summary>
internal sealed record RpcTarget(object Instance, RpcContract Contract);
