using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WorkerRpc.Tests.CallerWorker;

/// <summary>
/// A socket where a caller expects the runtime: it takes one request, answers it with the given bytes and closes;
/// or, where it has no answer, waits until the caller closes.
/// </summary>
internal sealed class ScriptedRuntime : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ScriptedRuntime(string? answer)
    {
        _listener.Start();
        CallerClosed = ServeAsync(answer);
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    /// <summary>Done when a request's first bytes have arrived.</summary>
    public Task Asked => _asked.Task;

    /// <summary>Done when the connection is closed, by the caller if there is no answer.</summary>
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
            _asked.TrySetResult();
            if (read == 0)
            {
                return;
            }

            request += Encoding.Latin1.GetString(buffer, 0, read);
            // The whole request, or else closing would reset the connection before the answer is read.
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
            // A reset is a way to close as well.
            return 0;
        }
    }
}
