namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Thrown if serializing a value makes a call through the session that is sending the value.</summary>
internal sealed class NestedMessageException()
    : InvalidOperationException("A value that is being sent uses the session that sends it: read such members before the call.");
