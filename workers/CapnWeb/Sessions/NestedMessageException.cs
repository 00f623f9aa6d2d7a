namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>A value that is being serialized makes a call through the session that is sending it.</summary>
internal sealed class NestedMessageException()
    : InvalidOperationException("A value that is being sent uses the session that sends it: read such members before the call.");
