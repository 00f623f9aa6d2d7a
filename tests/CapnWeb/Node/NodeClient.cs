using System.Text.Json;

namespace WorkerRpc.Tests.CapnWeb.Node;

/// <summary>
/// Scenarios of the npm package's client against servers of the interop target, in one process for a class of tests: to start
/// one takes longer than most scenarios do.
/// </summary>
public sealed class NodeClient : IAsyncDisposable
{
    private NodePeer? _node;

    /// <summary>The scenarios that a session over a WebSocket can have.</summary>
    public static IReadOnlyList<string> OverWebSocket { get; } = ["values", "tooDeep", "pipelining", "map", "order", "callbacks", "failures", "disposal", "many"];

    /// <summary>The scenarios of batches.</summary>
    public static IReadOnlyList<string> OverBatch { get; } = ["values", "failures", "pipelining", "stubs"];

    /// <summary>Runs a scenario on a connection of its own until that has closed, and fails with all its checks that fail.</summary>
    /// <param name="server">Where the server is; ws: or http:.</param>
    /// <param name="scenario">Which.</param>
    /// <returns>The names of the checks.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(Uri server, string scenario)
    {
        _node ??= await NodePeer.StartAsync("client.mjs");
        try
        {
            await _node.WriteAsync(JsonSerializer.Serialize(new[] { server.ToString(), scenario }));
            return await ReadAsync(_node, scenario);
        }
        catch
        {
            // A process in which one went wrong has no further one.
            await _node.DisposeAsync();
            _node = null;
            throw;
        }
    }

    /// <summary>Has the process end by itself, which it does where no scenario left anything open.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_node is { } node)
        {
            await using (node)
            {
                await node.WriteAsync("");
                Assert.Null(await node.TryReadAsync());
            }
        }
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(NodePeer node, string scenario)
    {
        var passed = new List<string>();
        var failed = new List<string>();
        string? done = null;
        while (done is null && await node.TryReadAsync() is { } line)
        {
            if (line.TryGetProperty("check", out JsonElement check))
            {
                (line.GetProperty("ok").GetBoolean() ? passed : failed).Add($"{check}{(line.TryGetProperty("got", out JsonElement got) ? $": {got}" : "")}");
            }
            else
            {
                done = line.GetProperty("done").GetString();
            }
        }

        Assert.True(failed.Count == 0, $"{failed.Count} of {failed.Count + passed.Count} checks failed: {string.Join("\n", failed)}");
        Assert.Equal(scenario, done);
        return passed;
    }
}
