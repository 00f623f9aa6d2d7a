using System.Text;
using System.Threading.Channels;
using WorkerRpc.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Transports;

/// <summary>A session's place at a transport: keeps what comes, in order, and does with each message what a test says.</summary>
internal sealed class ScriptedReceiver(Action<string>? onMessage = null) : IRpcReceiver
{
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource<Exception?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inside;
    private volatile bool _broken;

    /// <summary>What stands for a call of <see cref="ReceiveDone"/> among the messages.</summary>
    public const string Done = "(done)";

    /// <summary>Completes with the reason when the transport says that nothing more comes.</summary>
    public Task<Exception?> Closed => _closed.Task;

    /// <summary>Whether every delivery came by itself, and none after the last.</summary>
    public bool IsSound => !_broken;

    /// <summary>The next message, or <see cref="Done"/>.</summary>
    public ValueTask<string> NextAsync() => _events.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>The next message, whatever comes in between.</summary>
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

    /// <summary>What has come by now.</summary>
    public string[] Taken()
    {
        var taken = new List<string>();
        while (_events.Reader.TryRead(out string? next))
        {
            taken.Add(next);
        }

        return [.. taken];
    }

    public void Receive(ReadOnlyMemory<byte> message) => Alone(() =>
    {
        string text = Encoding.UTF8.GetString(message.Span);
        _events.Writer.TryWrite(text);
        onMessage?.Invoke(text);
    });

    public void ReceiveDone() => Alone(() => _events.Writer.TryWrite(Done));

    public Task FlushAsync() => Task.CompletedTask;

    void IRpcReceiver.Closed(Exception? error) => Alone(() => _closed.SetResult(error));

    private void Alone(Action take)
    {
        _broken |= Interlocked.Increment(ref _inside) != 1 || _closed.Task.IsCompleted;
        try
        {
            take();
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }
}
