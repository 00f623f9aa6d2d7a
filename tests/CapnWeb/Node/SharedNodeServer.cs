namespace WorkerRpc.Tests.CapnWeb.Node;

/// <summary>
/// Node servers that the tests of a class share: one for WebSockets, to which tests connect one after another, and one for
/// batches.
/// </summary>
public sealed class SharedNodeServer : IAsyncDisposable
{
    // Much longer than the connection of the previous test takes to end.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private NodeServer? _server;
    private NodeServer? _ofBatches;

    /// <summary>A server that holds nothing of an earlier test. It is started again if an earlier test left something.</summary>
    internal async Task<NodeServer> AtRestAsync()
    {
        if (_server is { } used && !await IsAtRestAsync(used))
        {
            _server = null;
            await used.DisposeAsync();
        }

        return _server ??= await NodeServer.StartAsync();
    }

    /// <summary>The server for batches. The npm package never disposes what a batch handed out, so it cannot serve other tests.</summary>
    internal async Task<NodeServer> OfBatchesAsync() => _ofBatches ??= await NodeServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await (_server?.DisposeAsync() ?? default);
        await (_ofBatches?.DisposeAsync() ?? default);
    }

    private static async Task<bool> IsAtRestAsync(NodeServer server)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_limit);
        try
        {
            await server.UntilAtRestAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
