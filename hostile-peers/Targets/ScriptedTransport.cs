using System.Text;
using WorkerRpc.CapnWeb.Messages;

namespace WorkerRpc.Hostile.Targets;

/// <summary>A transport whose peer is a script. It delivers the script's messages and keeps what the session sends.</summary>
internal sealed class ScriptedTransport : IRpcTransport
{
    private readonly Lock _lock = new();
    private List<string> _sent = [];
    private IRpcReceiver _receiver = null!;
    private bool _isClosed;

    public void Start(IRpcReceiver receiver) => _receiver = receiver;

    public ValueTask SendAsync(RpcMessages messages, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            for (int i = 0; i < messages.Count; i++)
            {
                _sent.Add(Encoding.UTF8.GetString(messages[i].Span));
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask CloseAsync(Exception? reason)
    {
        _isClosed = true;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => CloseAsync(null);

    /// <summary>Delivers a message and lets the session answer. After the session has closed the transport, it delivers nothing.</summary>
    public void Deliver(string message)
    {
        if (!_isClosed)
        {
            _receiver.Receive(Encoding.UTF8.GetBytes(message));
            _receiver.ReceiveDone();
        }
    }

    /// <summary>Takes the messages that the session has sent since the last call.</summary>
    public IReadOnlyList<string> TakeSent()
    {
        lock (_lock)
        {
            List<string> sent = _sent;
            _sent = [];
            return sent;
        }
    }
}
