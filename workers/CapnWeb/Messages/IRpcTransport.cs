namespace WorkerRpc.CapnWeb.Messages;

/// <summary>Carries whole messages both ways, in order. One session owns it.</summary>
public interface IRpcTransport : IAsyncDisposable
{
    /// <summary>Starts to deliver received messages. Called once, before the first send.</summary>
    void Start(IRpcReceiver receiver);

    /// <summary>
    /// Sends messages in one write. The caller makes one call at a time, and keeps the buffers unchanged until the task completes.
    /// After the connection has ended, messages are dropped or the call throws. <see cref="IRpcReceiver.Closed"/> reports the reason.
    /// </summary>
    ValueTask SendAsync(RpcMessages messages, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the connection. A reason means that the session ended with an error. No delivery starts after this call. It is safe to
    /// call twice, from any thread, and during a send.
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
    /// Ends a group of messages: all that had arrived. The receiver now sends its answers and other waiting messages. They reach the
    /// transport before this method returns, or after a send that is in progress on another thread.
    /// </summary>
    void ReceiveDone();

    /// <summary>Completes when all waiting messages have been passed to the transport.</summary>
    Task FlushAsync();

    /// <summary>
    /// Reports the end of the connection: no more messages arrive. The error is the reason, or null if the peer closed normally. The
    /// transport calls this at most once, and never after <see cref="IRpcTransport.CloseAsync"/>. The receiver then calls
    /// <see cref="IRpcTransport.CloseAsync"/>. A message that it sends before that, such as an abort, may still reach the peer.
    /// </summary>
    void Closed(Exception? error);
}
