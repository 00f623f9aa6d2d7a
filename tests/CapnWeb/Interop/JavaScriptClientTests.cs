using WorkerRpc.Tests.CapnWeb.Node;

namespace WorkerRpc.Tests.CapnWeb.Interop;

/// <summary>The npm package's client against this library's server: what it checks against its own server holds here too.</summary>
public sealed class JavaScriptClientTests(NodeClient client) : IClassFixture<NodeClient>
{
    public static TheoryData<string> OverWebSocket => [.. NodeClient.OverWebSocket];

    public static TheoryData<string> OverBatch => [.. NodeClient.OverBatch];

    [Theory]
    [MemberData(nameof(OverWebSocket))]
    public async Task The_packages_client_finds_what_it_expects_over_a_web_socket(string scenario)
    {
        await using InteropServer server = await InteropServer.StartAsync();

        Assert.NotEmpty(await client.RunAsync(server.WebSocket, scenario));

        // Whatever a client left is let go with its connection.
        await server.StopAsync();
        Assert.Equal(server.HandedOut.Counts.Made, server.HandedOut.Counts.Disposed);
    }

    [Theory]
    [MemberData(nameof(OverBatch))]
    public async Task The_packages_client_finds_what_it_expects_over_batch(string scenario)
    {
        await using InteropServer server = await InteropServer.StartAsync();

        Assert.NotEmpty(await client.RunAsync(server.Batch, scenario));

        await server.StopAsync();
        Assert.Equal(server.HandedOut.Counts.Made, server.HandedOut.Counts.Disposed);
    }
}
