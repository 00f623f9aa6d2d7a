namespace WorkerRpc.Tests.CapnWeb.Node;

/// <summary>
/// Two Node servers that the tests of a class share: one for WebSocket sessions and one for batches. Tests connect one after
/// another.
/// </summary>
public sealed class SharedNodeServer : IAsyncDisposable
{
    // The connection of the previous test must have ended within this time.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private NodeServer? _server;
    private NodeServer? _batchServer;

    /// <summary>Returns a server without sessions or targets of earlier tests, and restarts it if any remain.</summary>
    internal async Task<NodeServer> IdleServerAsync()
    {
        if (_server is { } used && !await IsIdleAsync(used))
        {
            _server = null;
            await used.DisposeAsync();
        }

        return _server ??= await NodeServer.StartAsync();
    }

    /// <summary>Returns the server for batches. It is separate because the npm package never disposes the targets of a batch.</summary>
    internal async Task<NodeServer> BatchServerAsync() => _batchServer ??= await NodeServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await (_server?.DisposeAsync() ?? default);
        await (_batchServer?.DisposeAsync() ?? default);
    }

    private static async Task<bool> IsIdleAsync(NodeServer server)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_limit);
        try
        {
            await server.WaitUntilIdleAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
