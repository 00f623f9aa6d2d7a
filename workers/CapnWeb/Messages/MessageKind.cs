namespace WorkerRpc.CapnWeb.Messages;

/// <summary>The name of a message: its first element.</summary>
internal enum MessageKind : byte
{
    Push,
    Pull,
    Resolve,
    Reject,
    Release,
    Stream,
    Pipe,
    Abort,
}
