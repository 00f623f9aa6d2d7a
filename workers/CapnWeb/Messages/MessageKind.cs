namespace WorkerRpc.CapnWeb.Messages;

/// <summary>The kind of a message. Its name is the first element of the JSON array.</summary>
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
