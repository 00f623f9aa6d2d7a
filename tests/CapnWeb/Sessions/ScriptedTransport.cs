using System.Text;
using WorkerRpc.CapnWeb.Messages;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>A transport whose peer is the test: the test delivers messages and inspects the sent ones.</summary>
internal sealed class ScriptedTransport : IRpcTransport
{
    private readonly Lock _lock = new();
    private readonly List<string> _sent = [];
    private IRpcReceiver _receiver = null!;

    /// <summary>Called for every sent message, on the sender's thread.</summary>
    public Action<string>? OnSent { get; set; }

    /// <summary>If set, no write completes before this task.</summary>
    public Task? Hold { get; set; }

    /// <summary>If set, each write completes with a new task of this function.</summary>
    public Func<Task>? HoldEach { get; set; }

    public int Writes { get; private set; }

    public bool IsClosed { get; private set; }

    /// <summary>The reason that the session gave when it closed the transport.</summary>
    public Exception? Reason { get; private set; }

    public string[] Sent
    {
        get
        {
            lock (_lock)
            {
                return [.. _sent];
            }
        }
    }

    public void Start(IRpcReceiver receiver) => _receiver = receiver;

    public ValueTask SendAsync(RpcMessages messages, CancellationToken cancellationToken)
    {
        var texts = new List<string>();
        lock (_lock)
        {
            Writes++;
            for (int i = 0; i < messages.Count; i++)
            {
                texts.Add(Encoding.UTF8.GetString(messages[i].Span));
            }

            _sent.AddRange(texts);
        }

        texts.ForEach(text => OnSent?.Invoke(text));
        return (Hold ?? HoldEach?.Invoke()) is { } hold ? new ValueTask(hold) : ValueTask.CompletedTask;
    }

    public ValueTask CloseAsync(Exception? reason)
    {
        Reason ??= reason;
        IsClosed = true;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Delivers messages that arrive together.</summary>
    public void Deliver(params string[] messages)
    {
        foreach (string message in messages)
        {
            _receiver.Receive(Encoding.UTF8.GetBytes(message));
        }

        _receiver.ReceiveDone();
    }

    public void Receive(byte[] message) => _receiver.Receive(message);

    public void ReceiveDone() => _receiver.ReceiveDone();

    public void Close(Exception? error) => _receiver.Closed(error);
}
