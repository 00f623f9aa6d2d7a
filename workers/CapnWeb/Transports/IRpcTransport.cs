namespace WorkerRpc.CapnWeb.Transports;

/// <summary>Carries whole messages both ways, in order. One session owns it.</summary>
public interface IRpcTransport : IAsyncDisposable
{
    /// <summary>Begins to deliver what arrives. Called once, before anything is sent.</summary>
    void Start(IRpcReceiver receiver);

    /// <summary>Sends messages in one write. One call at a time; the buffers stay untouched until the task completes.</summary>
    ValueTask SendAsync(RpcMessages messages, CancellationToken cancellationToken);

    /// <summary>Ends the connection; with a reason where the session ended with an error. Safe to call twice.</summary>
    ValueTask CloseAsync(Exception? reason);
}

/// <summary>What a transport delivers to. Calls come one at a time.</summary>
public interface IRpcReceiver
{
    /// <summary>One whole message, in UTF-8. The memory is the receiver's until it returns.</summary>
    void Receive(ReadOnlyMemory<byte> message);

    /// <summary>What had arrived is handed over: answers leave now.</summary>
    void ReceiveDone();

    /// <summary>Nothing more comes. The error says why, null where the peer closed in good order.</summary>
    void Closed(Exception? error);
}
