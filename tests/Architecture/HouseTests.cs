namespace WorkerRpc.Tests.Architecture;

/// <summary>
/// The floors of the repository's houses. To add a house, add its table below and its name in <see cref="Houses"/>. To move a folder
/// to another floor, move its entry in the table. The tests' project must reference every project of a house, directly or not.
/// </summary>
public class HouseTests
{
    // The protocol folders share a floor: they use neither each other nor the catalog above.
    private static House Bindings => new(
        "workers/Bindings",
        [new("WorkerRpc.Bindings"), new("WorkerRpc.Bindings.Contracts", "Contracts")],
        [
            "Contracts | Node",
            "Wire",
            "Fetch | Hosting",
            "CapnWeb | CapnWebNpm | Direct | Grpc | Http | Pipe | References | Remedies | StreamRpc",
            "Catalog",
        ]);

    // Measuring may use only the contracts and the catalog of the bindings. Its folder Hosting may also use methods and workers.
    private static House Benchmarks => new(
        "benchmarks",
        [new("WorkerRpc.Benchmarks"), new("WorkerRpc.Benchmarks.Results", "Results"), new("WorkerRpc.Benchmarks.Analysis", "Analysis")],
        [
            "Results",
            "Measuring | Analysis",
            "Presenting",
            "Adapter",
            "Commands",
        ],
        new Reservation("BenchmarkDotNet", Only: "Adapter"),
        new Reservation("WorkerRpc.Bindings", Only: "Measuring/Hosting", Within: "Measuring") { Except = ["Contracts", "Catalog"] },
        new Reservation("WorkerRpc.CallerWorker", Only: "Measuring/Hosting", Within: "Measuring"),
        new Reservation("WorkerRpc.RuntimeWorker", Only: "Measuring/Hosting", Within: "Measuring"));

    private static House CapnWeb => new(
        "workers",
        [new("WorkerRpc.CapnWeb", "CapnWeb"), new("WorkerRpc.CapnWeb.AspNetCore", "CapnWeb.AspNetCore")],
        [
            "CapnWeb/Values",
            "CapnWeb/Messages",
            "CapnWeb/Sessions",
            "CapnWeb/Targets",
            "CapnWeb/Transports",
            "CapnWeb.AspNetCore",
        ]);

    private static House Hostile => new(
        "hostile-peers",
        [new("WorkerRpc.Hostile")],
        [
            "Mutating",
            "Targets",
            "Fuzzing | Soak",
            ".",
        ]);

    /// <summary>The houses that are checked.</summary>
    private static IReadOnlyList<House> Houses => [Bindings, Benchmarks, CapnWeb, Hostile];

    [Fact]
    public void Every_house_keeps_its_floors()
    {
        string[] faults = [.. Houses.SelectMany(FloorCheck.Faults)];
        // Not Assert.Empty, because its message would cut the type names.
        Assert.True(faults.Length == 0, string.Join(Environment.NewLine, faults));
    }
}
