namespace WorkerRpc.Tests.CapnWeb.Node;

/// <summary>The interop target served by the npm package, in a process for all tests of a class that connect to it one after the other, and one for its batches.</summary>
public sealed class SharedNodeServer : IAsyncDisposable
{
    // The end of an earlier test's connection is on its way; far above what it takes.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private NodeServer? _server;
    private NodeServer? _ofBatches;

    /// <summary>The server, holding nothing of an earlier test: where that left something for good, one that is started anew.</summary>
    internal async Task<NodeServer> AtRestAsync()
    {
        if (_server is { } used && !await IsAtRestAsync(used))
        {
            _server = null;
            await used.DisposeAsync();
        }

        return _server ??= await NodeServer.StartAsync();
    }

    /// <summary>The server for batches: what they were handed out the package never disposes of, so that theirs is not at rest again.</summary>
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
