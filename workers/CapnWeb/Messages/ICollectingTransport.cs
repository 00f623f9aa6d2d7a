namespace WorkerRpc.CapnWeb.Messages;

/// <summary>
/// A transport that collects all sent messages in memory and passes them on together. It flushes the session itself before that, so that
/// the session need not send messages soon.
/// </summary>
internal interface ICollectingTransport
{
    /// <summary>The size of the collected messages that count as unsent, in bytes.</summary>
    long CollectedBytes { get; }
}
