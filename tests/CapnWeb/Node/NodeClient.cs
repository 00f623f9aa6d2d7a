using System.Text.Json;

namespace WorkerRpc.Tests.CapnWeb.Node;

/// <summary>
/// Runs scenarios of the npm package's client against a server. All tests of a class share one Node process, because starting
/// one takes longer than most scenarios.
/// </summary>
public sealed class NodeClient : IAsyncDisposable
{
    private NodePeer? _node;

    /// <summary>The scenarios for WebSocket sessions.</summary>
    public static IReadOnlyList<string> OverWebSocket { get; } =
        ["values", "tooDeep", "pipelining", "map", "order", "callbacks", "failures", "disposal", "many"];

    /// <summary>The scenarios for batches.</summary>
    public static IReadOnlyList<string> OverBatch { get; } = ["values", "failures", "pipelining", "stubs"];

    /// <summary>Runs a scenario on a new connection until it is closed. Fails with the names of all failed checks.</summary>
    /// <param name="server">The server's address, with the scheme ws or http.</param>
    /// <param name="scenario">The name of a scenario, as in client.mjs.</param>
    /// <returns>The names of the checks that passed.</returns>
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
            // After an error the Node process may be unusable, so the next test starts another.
            await _node.DisposeAsync();
            _node = null;
            throw;
        }
    }

    /// <summary>Closes the input of the Node process, which exits unless a scenario left a handle open.</summary>
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
                (line.GetProperty("ok").GetBoolean() ? passed : failed).Add(
                    $"{check}{(line.TryGetProperty("got", out JsonElement got) ? $": {got}" : "")}");
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
