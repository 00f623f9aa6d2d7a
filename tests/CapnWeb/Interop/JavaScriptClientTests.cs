using WorkerRpc.Tests.CapnWeb.Node;

namespace WorkerRpc.Tests.CapnWeb.Interop;

/// <summary>The npm package's client runs its checks against this library's server.</summary>
public sealed class JavaScriptClientTests(NodeClient client) : IClassFixture<NodeClient>
{
    public static TheoryData<string> OverWebSocket => [.. NodeClient.OverWebSocket];

    public static TheoryData<string> OverBatch => [.. NodeClient.OverBatch];

    [Theory]
    [MemberData(nameof(OverWebSocket))]
    public async Task Npm_client_passes_every_scenario_over_WebSocket(string scenario)
    {
        await using InteropServer server = await InteropServer.StartAsync();

        Assert.NotEmpty(await client.RunAsync(server.WebSocket, scenario));

        // Stopping closes the connections, which disposes all remaining targets.
        await server.StopAsync();
        Assert.Equal(server.HandedOut.Counts.Made, server.HandedOut.Counts.Disposed);
    }

    [Theory]
    [MemberData(nameof(OverBatch))]
    public async Task Npm_client_passes_every_scenario_over_batch(string scenario)
    {
        await using InteropServer server = await InteropServer.StartAsync();

        Assert.NotEmpty(await client.RunAsync(server.Batch, scenario));

        await server.StopAsync();
        Assert.Equal(server.HandedOut.Counts.Made, server.HandedOut.Counts.Disposed);
    }
}
