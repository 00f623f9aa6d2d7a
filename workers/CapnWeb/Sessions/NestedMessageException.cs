namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>A member of a value that is being sent makes a call of its own, in the middle of the message.</summary>
internal sealed class NestedMessageException()
    : InvalidOperationException("A value that is being sent uses the session that sends it: read such members before the call.");
