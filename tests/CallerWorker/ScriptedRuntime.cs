using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WorkerRpc.Tests.CallerWorker;

/// <summary>
/// A socket in place of the runtime. It accepts one request, answers with the given bytes and closes the connection. Without
/// an answer, it waits until the caller closes.
/// </summary>
internal sealed class ScriptedRuntime : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _requestArrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ScriptedRuntime(string? answer)
    {
        _listener.Start();
        CallerClosed = ServeAsync(answer);
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    /// <summary>Completes when the first bytes of a request have arrived.</summary>
    public Task RequestArrived => _requestArrived.Task;

    /// <summary>Completes when the connection is closed. Without an answer, only the caller closes.</summary>
    public Task CallerClosed { get; }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Dispose();
        await CallerClosed.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _ended.Dispose();
    }

    private async Task ServeAsync(string? answer)
    {
        using TcpClient caller = await _listener.AcceptTcpClientAsync(_ended.Token);
        NetworkStream stream = caller.GetStream();
        string request = "";
        byte[] buffer = new byte[4096];
        while (true)
        {
            int read = await ReadAsync(stream, buffer);
            _requestArrived.TrySetResult();
            if (read == 0)
            {
                return;
            }

            request += Encoding.Latin1.GetString(buffer, 0, read);
            // Read the whole request first: closing earlier would reset the connection before the caller reads the answer.
            if (answer is not null && request.EndsWith('}'))
            {
                await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), _ended.Token);
                return;
            }
        }
    }

    private async Task<int> ReadAsync(NetworkStream stream, byte[] buffer)
    {
        try
        {
            return await stream.ReadAsync(buffer, _ended.Token);
        }
        catch (IOException)
        {
            // A reset closes the connection too.
            return 0;
        }
    }
}
