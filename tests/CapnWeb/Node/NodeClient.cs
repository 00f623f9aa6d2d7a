using System.Text.Json;

namespace WorkerRpc.Tests.CapnWeb.Node;

/// <summary>Scenarios of the npm package's client against a server of the interop target.</summary>
internal static class NodeClient
{
    public static IReadOnlyList<string> OverWebSocket { get; } = ["values", "tooDeep", "pipelining", "map", "order", "callbacks", "failures", "disposal", "many"];

    public static IReadOnlyList<string> OverBatch { get; } = ["values", "failures", "pipelining", "stubs"];

    /// <summary>Runs a scenario, and fails with all its checks that fail.</summary>
    /// <param name="server">Where the server is; ws: or http:.</param>
    /// <param name="scenario">Which.</param>
    /// <returns>The names of the checks.</returns>
    public static async Task<IReadOnlyList<string>> RunAsync(Uri server, string scenario)
    {
        await using NodePeer node = await NodePeer.StartAsync("client.mjs", server.ToString(), scenario);
        var passed = new List<string>();
        var failed = new List<string>();
        string? done = null;
        while (await node.TryReadAsync() is { } line)
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
