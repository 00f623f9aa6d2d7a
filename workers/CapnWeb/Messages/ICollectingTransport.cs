namespace WorkerRpc.CapnWeb.Messages;

/// <summary>A transport that collects all sent messages in memory and passes them on only at the end of the session.</summary>
internal interface ICollectingTransport
{
    /// <summary>The total size of the collected messages, in bytes.</summary>
    long CollectedBytes { get; }
}
