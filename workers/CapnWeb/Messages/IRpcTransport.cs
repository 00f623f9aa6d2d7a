namespace WorkerRpc.CapnWeb.Messages;

/// <summary>A connection that carries whole messages in both directions and keeps their order. It belongs to one session.</summary>
public interface IRpcTransport : IAsyncDisposable
{
    /// <summary>Starts to deliver received messages to the receiver. The session calls this method once, before the first send.</summary>
    void Start(IRpcReceiver receiver);

    /// <summary>
    /// Sends messages in one write. The caller makes one call at a time, and keeps the buffers unchanged until the task completes.
    /// After the connection has ended, messages are dropped or the call throws. <see cref="IRpcReceiver.Closed"/> reports the reason.
    /// </summary>
    ValueTask SendAsync(RpcMessages messages, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the connection. If a reason is given, the session has ended with that error. The transport delivers no message after this call.
    /// The method may be called twice, from any thread, and during a send.
    /// </summary>
    ValueTask CloseAsync(Exception? reason);
}

/// <summary>
/// Receives the messages of a transport. The transport makes one call at a time, possibly inside
/// <see cref="IRpcTransport.SendAsync"/>.
/// </summary>
public interface IRpcReceiver
{
    /// <summary>Handles one whole message in UTF-8. The memory is valid until the method returns.</summary>
    void Receive(ReadOnlyMemory<byte> message);

    /// <summary>
    /// Reports that the transport has delivered every message that had arrived. The receiver now sends its answers and other waiting
    /// messages. They reach the transport before this method returns. If another thread is sending, they follow its send.
    /// </summary>
    void ReceiveDone();

    /// <summary>Sends the waiting messages. The task completes when the transport has accepted all of them.</summary>
    Task FlushAsync();

    /// <summary>
    /// Reports the end of the connection: no more messages arrive. The error is the reason, or null if the peer closed normally. The
    /// transport calls this at most once, and never after <see cref="IRpcTransport.CloseAsync"/>. The receiver then calls
    /// <see cref="IRpcTransport.CloseAsync"/>. A message that it sends before that, such as an abort, may still reach the peer.
    /// </summary>
    void Closed(Exception? error);
}
