namespace WorkerRpc.Tests.Architecture;

/// <summary>
/// The floors of the repository's houses. To add a house: its table below, then its name in <see cref="Houses"/>. To move a folder
/// to another floor: its entry in the table. The tests' project has to reference each project of a house, directly or not.
/// </summary>
public class HouseTests
{
    // The protocols share a floor: none knows another, nor the catalog above.
    private static House Bindings => new(
        "workers/Bindings",
        [new("WorkerRpc.Bindings")],
        [
            "Contracts | Node",
            "Wire",
            "Fetch | Hosting",
            "CapnWeb | CapnWebNpm | Direct | Grpc | Http | Pipe | References | Remedies | StreamRpc",
            "Catalog",
        ]);

    // Measuring calls a method through its contract and is given the catalog. How the methods and the workers work is for Hosting alone.
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

    /// <summary>The houses that are checked.</summary>
    private static IReadOnlyList<House> Houses => [Bindings, Benchmarks, CapnWeb];

    [Fact]
    public void Every_house_keeps_its_floors()
    {
        string[] faults = [.. Houses.SelectMany(FloorCheck.Faults)];
        // Assert.Empty would cut the type names.
        Assert.True(faults.Length == 0, string.Join(Environment.NewLine, faults));
    }
}
