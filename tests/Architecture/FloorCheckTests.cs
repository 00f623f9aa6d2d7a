namespace WorkerRpc.Tests.Architecture;

/// <summary>Tests <see cref="FloorCheck"/> with a house of six types that has one fault of each kind.</summary>
public class FloorCheckTests
{
    private const string Root = "WorkerRpc.Tests.Architecture.Fixture";

    private static readonly House s_fixture = new(
        "tests/Architecture/Fixture",
        [new("WorkerRpc.Tests") { RootNamespace = Root }],
        ["Ground", "Left | Right", "Upper"],
        new Reservation("WorkerRpc.Functions", Only: "Left/Workshop", Within: "Left"));

    [Fact]
    public void Each_fault_names_both_types() => Assert.Equal(
        [
            $"{Root}.Left.Lost in tests/Architecture/Fixture/Right/Lost.cs: its namespace should be {Root}.Right.",
            $"{Root}.Ground.Mason uses {Root}.Upper.Roof: Upper is a higher floor than Ground.",
            $"{Root}.Left.Window uses {Root}.Right.Door: Right and Left share a floor, so they must not know each other.",
            $"{Root}.Left.Window uses WorkerRpc.Functions.PayloadSize: in Left, only Left/Workshop may use WorkerRpc.Functions.",
            $"Folders in a circle: {Root}.Ground.Mason uses {Root}.Upper.Roof; {Root}.Upper.Roof uses {Root}.Ground.Brick.",
        ],
        FloorCheck.Faults(s_fixture));

    [Fact]
    public void Folder_missing_from_table_is_a_fault() => Assert.Contains(
        "tests/Architecture/Fixture/Upper is on no floor: add it to the table of the house.",
        FloorCheck.Faults(s_fixture with { Floors = ["Ground", "Left | Right"] }));
}
