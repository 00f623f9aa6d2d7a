namespace WorkerRpc.CapnWeb.Messages;

/// <summary>Carries whole messages both ways, in order. One session owns it.</summary>
public interface IRpcTransport : IAsyncDisposable
{
    /// <summary>Begins to deliver what arrives. Called once, before anything is sent.</summary>
    void Start(IRpcReceiver receiver);

    /// <summary>
    /// Sends messages in one write. One call at a time; the buffers stay untouched until the task completes. What is sent
    /// after the end of the connection is dropped or throws: <see cref="IRpcReceiver.Closed"/> says why it ended.
    /// </summary>
    ValueTask SendAsync(RpcMessages messages, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the connection; with a reason where the session ended with an error. Nothing is delivered that has not begun
    /// to be. Safe to call twice, from any thread, and while something is being sent.
    /// </summary>
    ValueTask CloseAsync(Exception? reason);
}

/// <summary>
/// What a transport delivers to. Calls come one at a time, possibly from within <see cref="IRpcTransport.SendAsync"/>.
/// </summary>
public interface IRpcReceiver
{
    /// <summary>One whole message, in UTF-8. The memory is the receiver's until it returns.</summary>
    void Receive(ReadOnlyMemory<byte> message);

    /// <summary>What had arrived is handed over: answers, and whatever else waits to be sent, go to the transport before this
    /// returns, or follow what another thread is sending.</summary>
    void ReceiveDone();

    /// <summary>Completes when the transport has been given all that waits to be sent.</summary>
    Task FlushAsync();

    /// <summary>
    /// Nothing more comes. The error says why, null where the peer closed in good order. At most once, and never after
    /// <see cref="IRpcTransport.CloseAsync"/>, with which the receiver answers it; what it sends before, like an abort, may still arrive.
    /// </summary>
    void Closed(Exception? error);
}
