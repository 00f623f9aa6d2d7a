using System.Text;
using System.Threading.Channels;
using WorkerRpc.CapnWeb.Messages;

namespace WorkerRpc.Tests.CapnWeb.Transports;

/// <summary>A receiver that records messages in order and runs the test's action on each.</summary>
internal sealed class ScriptedReceiver(Action<string>? onMessage = null) : IRpcReceiver
{
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource<Exception?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inside;
    private volatile bool _broken;

    /// <summary>The text that is recorded for a call of <see cref="ReceiveDone"/>.</summary>
    public const string Done = "(done)";

    /// <summary>Completes with the error when the transport reports its end. The error may be null.</summary>
    public Task<Exception?> Closed => _closed.Task;

    /// <summary>Whether the transport's calls never overlapped, and none followed the report of its end.</summary>
    public bool IsContractKept => !_broken;

    /// <summary>Waits for the next message, or for <see cref="Done"/>.</summary>
    public ValueTask<string> NextAsync() => _events.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Waits for the next message and skips <see cref="Done"/>.</summary>
    public async Task<string> NextMessageAsync()
    {
        string next;
        do
        {
            next = await NextAsync();
        }
        while (next == Done);
        return next;
    }

    /// <summary>Removes and returns everything recorded so far.</summary>
    public string[] TakeReceived()
    {
        var received = new List<string>();
        while (_events.Reader.TryRead(out string? next))
        {
            received.Add(next);
        }

        return [.. received];
    }

    public void Receive(ReadOnlyMemory<byte> message) => CheckContract(() =>
    {
        string text = Encoding.UTF8.GetString(message.Span);
        _events.Writer.TryWrite(text);
        onMessage?.Invoke(text);
    });

    public void ReceiveDone() => CheckContract(() => _events.Writer.TryWrite(Done));

    public Task FlushAsync() => Task.CompletedTask;

    void IRpcReceiver.Closed(Exception? error) => CheckContract(() => _closed.SetResult(error));

    private void CheckContract(Action receive)
    {
        _broken |= Interlocked.Increment(ref _inside) != 1 || _closed.Task.IsCompleted;
        try
        {
            receive();
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }
}
