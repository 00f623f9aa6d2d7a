using System.Text.Json;

namespace WorkerRpc.Tests.CapnWeb.Node;

/// <summary>The npm package against itself: what its client is told to check is what its server does, so that a check that fails elsewhere tells of the other end.</summary>
public class NodeAgainstNodeTests(SharedNodeServer shared, NodeClient client) : IClassFixture<SharedNodeServer>, IClassFixture<NodeClient>
{
    public static TheoryData<string> OverWebSocket => [.. NodeClient.OverWebSocket];

    public static TheoryData<string> OverBatch => [.. NodeClient.OverBatch];

    [Theory]
    [MemberData(nameof(OverWebSocket))]
    public async Task The_package_passes_every_scenario_against_itself_over_a_web_socket(string scenario)
    {
        NodeServer server = await shared.AtRestAsync();

        Assert.NotEmpty(await client.RunAsync(server.WebSocket, scenario));

        // Whatever a client left is let go with its connection.
        await server.UntilAtRestAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [MemberData(nameof(OverBatch))]
    public async Task The_package_passes_every_scenario_against_itself_over_batch(string scenario)
    {
        NodeServer server = await shared.OfBatchesAsync();

        Assert.NotEmpty(await client.RunAsync(server.Batch, scenario));
    }

    [Fact]
    public async Task A_program_that_fails_tells_of_it_in_the_tests_failure()
    {
        await using var failing = new NodeClient();

        Exception failure = await Assert.ThrowsAnyAsync<Exception>(() => failing.RunAsync(new Uri("ws://127.0.0.1:1/rpc"), "nothing"));

        Assert.Contains("is not a function", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_rows_of_reference_run_the_package_that_the_tests_run() => Assert.Equal(
        Locked(Path.Combine("CapnWeb", "Node")), Locked("CapnWebNpm"));

    private static IReadOnlyList<string> Locked(string folder) =>
    [
        .. JsonElement.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, folder, "package-lock.json"))).GetProperty("packages").EnumerateObject()
            .Where(package => package.Name.Length > 0)
            .Select(package => $"{package.Name} {package.Value.GetProperty("version")} {package.Value.GetProperty("integrity")}"),
    ];
}
