namespace WorkerRpc.CapnWeb.Targets;

/// <summary>The result of a call that gives none: sent as <c>undefined</c>, and read from whatever the peer returned.</summary>
public readonly record struct RpcVoid;
