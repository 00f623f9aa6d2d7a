using System.Text.Json;

namespace WorkerRpc.Tests.CapnWeb.Node;

/// <summary>
/// The npm package's client against its own server. A scenario that passes here and fails elsewhere shows a fault of this library.
/// </summary>
public class NodeAgainstNodeTests(SharedNodeServer shared, NodeClient client) : IClassFixture<SharedNodeServer>, IClassFixture<NodeClient>
{
    public static TheoryData<string> OverWebSocket => [.. NodeClient.OverWebSocket];

    public static TheoryData<string> OverBatch => [.. NodeClient.OverBatch];

    [Theory]
    [MemberData(nameof(OverWebSocket))]
    public async Task Npm_client_passes_every_scenario_on_npm_server_over_WebSocket(string scenario)
    {
        NodeServer server = await shared.IdleServerAsync();

        Assert.NotEmpty(await client.RunAsync(server.WebSocket, scenario));

        // The server disposes all targets of a connection when it closes.
        await server.WaitUntilIdleAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [MemberData(nameof(OverBatch))]
    public async Task Npm_client_passes_every_scenario_on_npm_server_over_batch(string scenario)
    {
        NodeServer server = await shared.BatchServerAsync();

        Assert.NotEmpty(await client.RunAsync(server.Batch, scenario));
    }

    [Fact]
    public async Task Failure_shows_the_output_of_the_Node_program()
    {
        await using var failing = new NodeClient();

        Exception failure = await Assert.ThrowsAnyAsync<Exception>(() => failing.RunAsync(new Uri("ws://127.0.0.1:1/rpc"), "nothing"));

        Assert.Contains("is not a function", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reference_rows_and_tests_use_the_same_npm_version() => Assert.Equal(
        Locked(Path.Combine("CapnWeb", "Node")), Locked("CapnWebNpm"));

    private static IReadOnlyList<string> Locked(string folder) =>
    [
        .. JsonElement.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, folder, "package-lock.json")))
            .GetProperty("packages")
            .EnumerateObject()
            .Where(package => package.Name.Length > 0)
            .Select(package => $"{package.Name} {package.Value.GetProperty("version")} {package.Value.GetProperty("integrity")}"),
    ];
}
