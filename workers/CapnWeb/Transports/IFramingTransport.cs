namespace WorkerRpc.CapnWeb.Transports;

/// <summary>A transport that writes a head of its own before each message, where the message stands.</summary>
internal interface IFramingTransport : IRpcTransport
{
    /// <summary>How many bytes are to be left free for it before each message.</summary>
    int HeadBytes { get; }
}
